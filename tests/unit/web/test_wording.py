import pytest

from directory.domain.place import METRES_PER_MILE, Precision
from directory.search.explain import Reason
from directory.search.ranking import load_ranking
from directory.vocabulary.reader import load
from directory.web.wording import Wording


@pytest.fixture(scope="module", params=["en", "es"])
def wording(request):
    return Wording(load(), load_ranking(), request.param)


@pytest.fixture(scope="module")
def english():
    return Wording(load(), load_ranking(), "en")


@pytest.fixture(scope="module")
def spanish():
    return Wording(load(), load_ranking(), "es")


MATCHED = {
    "fit": ("physiatrist",),
    "fit_unconfirmed": ("spine_surgeon_neurosurgery",),
    "condition_stated": ("sciatica",),
    "condition_usual": ("sciatica",),
    "treatment_stated": ("spinal_manipulation",),
}


@pytest.mark.parametrize("factor", load_ranking().texts)
def test_every_factor_has_a_sentence_without_codes(wording, factor):
    sentence = wording.reason(Reason(factor, 1, MATCHED.get(factor, ("5",))))
    assert sentence
    assert not {"{", "}", "_"} & set(sentence)


def test_a_reason_names_what_matched_in_the_language(english, spanish):
    reason = Reason("condition_stated", 30, ("sciatica",))
    assert english.reason(reason) == "States that they treat Sciatica"
    assert spanish.reason(reason) == "Declara que trata Ciática"


@pytest.mark.parametrize(
    ("miles", "precision", "text"),
    [
        (2.34, Precision.EXACT, "2.3 miles"),
        (1.04, Precision.EXACT, "1.0 mile"),
        (9.96, Precision.EXACT, "10.0 miles"),
        (12.4, Precision.EXACT, "12 miles"),
        (0.02, Precision.EXACT, "less than 0.1 miles"),
        (0.0, Precision.EXACT, "less than 0.1 miles"),
        (0.0, Precision.APPROXIMATE, "about 1 mile"),
        (0.2, Precision.APPROXIMATE, "about 1 mile"),
        (3.6, Precision.APPROXIMATE, "about 4 miles"),
    ],
)
def test_distances_are_as_precise_as_they_are_known(english, miles, precision, text):
    assert english.distance(miles * METRES_PER_MILE, precision) == text


def test_an_unknown_distance_has_no_words(wording):
    assert wording.distance(None, Precision.NONE) == ""


def test_spanish_writes_decimals_with_a_comma(spanish):
    assert spanish.distance(2.34 * METRES_PER_MILE, Precision.EXACT) == "2,3 millas"
    assert spanish.distance(METRES_PER_MILE, Precision.APPROXIMATE) == "aproximadamente a 1 milla"
