"""How what was asked explicitly and what was read become one search."""

from collections.abc import Sequence
from datetime import date

import pytest

from directory.domain.errors import InvalidInput
from directory.domain.npi import with_check_digit
from directory.domain.place import METRES_PER_MILE, Address
from directory.search.engine import Readiness
from directory.search.find import Finder
from directory.search.listing import Card, Field, Kind, Listing
from directory.search.places import Places
from directory.search.query import OUTSIDE, Filter, Query, Sort
from directory.search.ranking import load_ranking
from directory.search.result import Result
from directory.understanding.ask import Answer, Asked, Asking
from directory.understanding.reader import TextReader
from directory.vocabulary.vocabulary import Vocabulary
from tests.fakes.engines import HoldingEngine

TODAY = date(2026, 3, 1)
FIRST = with_check_digit("123456789")


def listing(subject: str, **tokens: tuple[str, ...]) -> Listing:
    return Listing(
        id=f"{subject}.l1",
        kind=Kind.PRACTITIONER if subject.startswith("p") else Kind.CLINIC,
        npi=subject[1:] if subject.startswith("p") else "",
        name="Somebody",
        sort_name="somebody",
        version=1,
        checked_on=TODAY,
        expires_on=date(2026, 6, 1),
        card=Card(Address("1 Main St", "Chicago", "IL", "60614")),
        tokens={Field(name): values for name, values in tokens.items()},
    )


class RememberingEngine:
    """Finds enough of everything, and remembers what it was asked."""

    def __init__(self, *listings: Listing) -> None:
        self.listings = listings
        self.asked: list[Query] = []

    def search(self, query: Query) -> Result:
        self.asked.append(query)
        return Result((), 10, {}, None, "g1")

    def of_subject(self, subject: str, today: date) -> tuple[Listing, ...]:
        return tuple(item for item in self.listings if item.subject == subject)

    def get(self, ids: Sequence[str], today: date) -> tuple[Listing, ...]:
        return tuple(item for item in self.listings if item.id in ids)

    def readiness(self) -> Readiness:
        return Readiness(ready=True, engine="remembering")


@pytest.fixture
def engine() -> RememberingEngine:
    return RememberingEngine(
        listing(f"p{FIRST}", specialty=("spine_surgeon_orthopedic",), clinic=("k1",), address=("l1",)),
        listing("ck1", clinic=("k1",), address=("l1", "l2"), partner=("k2", "k3")),
    )


@pytest.fixture
def asking(engine: RememberingEngine, places: Places, reader: TextReader, vocabulary: Vocabulary) -> Asking:
    return Asking(Finder(engine, load_ranking(), vocabulary), places, reader, vocabulary)


@pytest.fixture
def query(asking: Asking, engine: RememberingEngine):
    """Ask, and return the query that reached the engine."""

    def ask(q: str = "", **asked: object) -> Query:
        asking.ask(Asked(q=q, **asked), TODAY)
        return engine.asked[-1]

    return ask


def filtered(query: Query) -> list[tuple[str, tuple[str, ...]]]:
    return [(item.field.value, item.any_of) for item in query.filters]


def excluded(query: Query) -> list[tuple[str, tuple[str, ...]]]:
    return [(item.field.value, item.any_of) for item in query.exclusions if item != OUTSIDE]


def fit_points(query: Query, specialty: str) -> int:
    return max(
        (boost.points for boost in query.boosts if boost.factor == "fit" and specialty in boost.any_of), default=0
    )


def test_what_is_read_filters_the_search(query):
    found = query("chiropractor near 60614 that takes medicare, speaks spanish, open saturday")
    assert filtered(found) == [
        ("specialty", ("chiropractor",)),
        ("insurance", ("medicare",)),
        ("language", ("es",)),
        ("open_days", ("sat",)),
    ]
    assert found.near is not None


def test_a_condition_filters_where_no_specialty_is_named_and_raises_where_one_is(query):
    assert filtered(query("sciatica")) == [("condition", ("sciatica",))]
    found = query("chiropractor for sciatica")
    assert filtered(found) == [("specialty", ("chiropractor",))]
    assert any("sciatica" in boost.any_of for boost in found.boosts)


def test_a_treatment_filters_by_who_offers_it_where_no_specialty_is_named(query):
    assert filtered(query("biologics for ankylosing spondylitis")) == [
        ("condition", ("ankylosing-spondylitis",)),
        ("specialty", ("rheumatologist",)),
    ]
    assert filtered(query("microdiscectomy")) == [
        ("specialty", ("spine_surgeon_orthopedic", "spine_surgeon_neurosurgery"))
    ]
    taken_away = query("microdiscectomy", without=frozenset({"treatment:microdiscectomy"}))
    assert filtered(taken_away) == []
    assert filtered(query("sciatica, physical therapy did not help")) == [("condition", ("sciatica",))]


def test_what_is_chosen_explicitly_wins_over_what_is_read(query):
    found = query("chiropractor that takes medicare", filters={Field.INSURANCE: ("aetna",)})
    assert ("insurance", ("aetna",)) in filtered(found)
    assert ("insurance", ("medicare",)) not in filtered(found)


@pytest.mark.parametrize(
    ("part", "gone"),
    [
        ("specialty:chiropractor", "specialty"),
        ("insurance:medicare", "insurance"),
        ("open_days:sat", "open_days"),
        ("gender:female", "gender"),
    ],
)
def test_parts_that_were_taken_away_stay_away(query, part, gone):
    text = "female chiropractor that takes medicare open saturday"
    assert gone in {name for name, _ in filtered(query(text))}
    assert gone not in {name for name, _ in filtered(query(text, without=frozenset({part})))}


def test_place_name_and_distance_can_be_taken_away(query):
    text = "dr smith within 10 miles of denver"
    found = query(text)
    assert found.name == ("smith",)
    assert round((found.radius_m or 0) / METRES_PER_MILE) == 10
    assert query(text, without=frozenset({"location:"})).near is None
    assert query(text, without=frozenset({"name:"})).name == ()
    assert round((query(text, without=frozenset({"radius:"})).radius_m or 0) / METRES_PER_MILE) == 5


def test_an_explicit_place_wins_and_an_unknown_one_is_said(asking, query, engine):
    found = query("chiropractor denver", near="60614")
    assert found.near is not None
    assert found.near.lat > 41
    before = len(engine.asked)
    answer = asking.ask(Asked(q="chiropractor", near="Xyzzyville"), TODAY)
    assert answer.found is None
    assert answer.location is not None
    assert answer.location.reason
    assert len(engine.asked) == before


def test_a_state_filters_and_is_no_point_to_measure_from(query):
    found = query("chiropractor texas")
    assert found.near is None
    assert ("state", ("TX",)) in filtered(found)


def test_several_days_must_all_hold_but_a_weekend_is_either(query):
    assert filtered(query("open monday and wednesday")) == [("open_days", ("mon",)), ("open_days", ("wed",))]
    assert filtered(query("open on the weekend")) == [("open_days", ("sat", "sun"))]


def test_a_clinic_with_several_disciplines(query):
    found = filtered(query("clinic with a surgeon and PT"))
    assert ("kind", ("clinic",)) in found
    assert ("specialty", ("spine_surgeon_orthopedic", "spine_surgeon_neurosurgery")) in found
    assert ("specialty", ("physical_therapist",)) in found
    assert ("clinic_model", ("integrated",)) in found


def test_degrees(query):
    assert ("credential", ("DO",)) in filtered(query("DO not MD"))
    for text in ("md or do", "MD or DO", "a DO or MD"):
        assert [name for name, _ in filtered(query(text))] == ["credential"]
        assert set(dict(filtered(query(text)))["credential"]) == {"MD", "DO"}


def test_kinds_of_professional_are_left_out_and_declined_treatments_are_not(query):
    assert excluded(query("back pain, anything but a chiropractor")) == [("specialty", ("chiropractor",))]
    assert excluded(query("back pain, no surgery")) == []
    found = query("back pain", exclude_specialties=("chiropractor",), exclude_treatments=("spinal_fusion",))
    assert excluded(found) == [("specialty", ("chiropractor",)), ("treatment", ("spinal_fusion",))]


def test_who_failed_fits_least_and_who_comes_next_fits_best(query):
    found = query("sciatica, chiro did not help")
    assert fit_points(found, "physiatrist") > fit_points(found, "chiropractor")
    untried = query("sciatica")
    assert fit_points(untried, "chiropractor") > fit_points(found, "chiropractor")


def test_a_long_standing_need_raises_clinics_of_several_disciplines(query):
    def integrated(found: Query) -> bool:
        return any(boost.factor == "clinic_integrated" for boost in found.boosts)

    assert integrated(query("back pain for 2 years"))
    assert not integrated(query("back pain for 2 days"))


def test_the_nearest_first_needs_a_place(query):
    assert query("closest chiropractor denver").sort is Sort.DISTANCE
    assert query("closest chiropractor").sort is Sort.BEST
    assert query("closest chiropractor denver", sort=Sort.NAME).sort is Sort.NAME


def test_out_of_scope_shows_nobody(asking: Asking, engine: RememberingEngine):
    answer: Answer = asking.ask(Asked(q="dentist in chicago"), TODAY)
    assert answer.found is None
    assert answer.reading is not None
    assert answer.reading.out_of_scope == "dentist"
    assert engine.asked == []


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (Asked(q="x" * 1_001), "q"),
        (Asked(lat=1.0), "lat"),
        (Asked(filters={Field.SPECIALTY: ("wizard",)}), "specialty"),
        (Asked(exclude_treatments=("spell",)), "treatment"),
        (Asked(second_opinion_from="12345"), "second_opinion_from"),
        (Asked(second_opinion_from=with_check_digit("199999999")), "second_opinion_from"),
        (Asked(refers_to="nobody"), "refers_to"),
        (Asked(refers_to="nóbody"), "refers_to"),
        (Asked(network="nobody"), "network"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(asking: Asking, asked: Asked, field: str):
    with pytest.raises(InvalidInput) as refused:
        asking.ask(asked, TODAY)
    assert refused.value.field == field


def test_a_second_opinion_is_independent_of_the_first(query):
    found = query("", second_opinion_from=FIRST)
    assert excluded(found) == [
        ("npi", (FIRST,)),
        ("clinic", ("k1", "k2", "k3")),
        ("address", ("l1", "l2")),
        ("partner", ("k1",)),
    ]


def test_a_second_opinion_comes_from_the_same_or_a_complementary_specialty(query):
    found = query("", second_opinion_from=FIRST)
    (specialties,) = [item.any_of for item in found.filters if item.field is Field.SPECIALTY]
    assert {"spine_surgeon_orthopedic", "spine_surgeon_neurosurgery", "physiatrist"} <= set(specialties)
    assert "chiropractor" not in specialties
    assert fit_points(found, "spine_surgeon_orthopedic") >= fit_points(found, "physiatrist") > 0


def test_a_second_opinion_of_another_kind_may_be_asked_for(query):
    found = query("physiatrist", second_opinion_from=FIRST)
    assert Filter(Field.SPECIALTY, ("physiatrist",)) in found.filters
    assert ("npi", (FIRST,)) in excluded(found)


def test_many_partners_are_all_left_out(places, reader, vocabulary):
    partners = tuple(f"k{number:03}" for number in range(400))
    engine = RememberingEngine(
        listing(f"p{FIRST}", specialty=("chiropractor",), clinic=("k",), address=("l1",)),
        listing("ck", clinic=("k",), partner=partners),
    )
    asking = Asking(Finder(engine, load_ranking(), vocabulary), places, reader, vocabulary)
    asking.ask(Asked(second_opinion_from=FIRST), TODAY)
    left_out = {token for name, tokens in excluded(engine.asked[-1]) if name == "clinic" for token in tokens}
    assert left_out == {"k", *partners}


LINKED = (
    listing("ca", clinic=("a",), partner=("b",)),
    listing("cb", clinic=("b",), partner=("a", "c")),
    listing("cc", clinic=("c",), partner=("b",)),
    listing("calone", clinic=("alone",)),
)


@pytest.fixture
def among(places, reader, vocabulary):
    """The clinics that a search lets through, and the names that it tells."""

    def asked(**named: str):
        engine = HoldingEngine(LINKED)
        asking = Asking(Finder(engine, load_ranking(), vocabulary), places, reader, vocabulary)
        answer = asking.ask(Asked(**named), TODAY)
        chosen = [item.any_of for item in engine.asked[-1].filters if item.field is Field.CLINIC]
        return chosen, dict(answer.referral.names)

    return asked


def test_partners_of_a_clinic_are_searched_without_itself(among):
    assert among(refers_to="a") == ([("b",)], {"refers_to": "Somebody"})
    assert among(refers_to="b") == ([("a", "c")], {"refers_to": "Somebody"})


def test_a_network_is_searched_whole_from_wherever_it_is_named(among):
    assert [set(among(network=key)[0][0]) for key in "abc"] == [{"a", "b", "c"}] * 3


def test_partners_and_network_may_be_asked_for_together(among):
    assert [set(chosen) for chosen in among(refers_to="a", network="c")[0]] == [{"b"}, {"a", "b", "c"}]


@pytest.mark.parametrize("name", ["refers_to", "network"])
def test_a_clinic_without_partners_is_named_as_such(among, name):
    with pytest.raises(InvalidInput, match="no confirmed referral partner") as refused:
        among(**{name: "alone"})
    assert refused.value.field == name
