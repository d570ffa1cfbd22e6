import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from directory.domain.errors import InvalidInput
from directory.search.listing import Field
from directory.search.query import Sort
from directory.understanding.ask import Asked
from directory.web.asking import FILTERS, MAX_VALUES, asked_of


def asked(*pairs, **single):
    return asked_of(MultiDict([*pairs, *single.items()]))


def test_nothing_asks_for_everybody():
    assert asked() == Asked()


def test_blank_parameters_are_as_good_as_none():
    names = (
        "q",
        "near",
        "lat",
        "lon",
        "radius_mi",
        "sort",
        "limit",
        "cursor",
        "second_opinion_from",
        "refers_to",
        "network",
    )
    names = (*names, *FILTERS)
    assert asked(*((name, " ") for name in names if name != "cursor")) == Asked()


def test_every_parameter_reaches_its_place():
    whole = asked(
        q=" sciatica ",
        near=" 60614 ",
        lat="41.9",
        lon="-87.6",
        radius_mi="12.5",
        exclude_specialties="chiropractor",
        exclude_treatments="spine_surgery",
        include_unknown="language",
        without="condition:sciatica",
        second_opinion_from="1234567893",
        refers_to=" a ",
        network="b",
        sort="distance",
        limit="5",
        cursor="abc",
    )
    assert whole == Asked(
        q="sciatica",
        near="60614",
        lat=41.9,
        lon=-87.6,
        radius_miles=12.5,
        exclude_specialties=("chiropractor",),
        exclude_treatments=("spine_surgery",),
        include_unknown=frozenset({Field.LANGUAGE}),
        without=frozenset({"condition:sciatica"}),
        second_opinion_from="1234567893",
        refers_to="a",
        network="b",
        sort=Sort.DISTANCE,
        limit=5,
        cursor="abc",
    )


@pytest.mark.parametrize(("name", "field"), FILTERS.items())
def test_every_filter_reaches_its_field_and_repeats(name, field):
    values = {"kind": ("practitioner", "clinic"), "state": ("IL", "PR")}.get(name, ("yes", "no"))
    assert asked(*((name, value) for value in values)).filters == {field: values}


def test_repeated_values_count_once_in_the_order_given():
    pairs = [("specialty", "b"), ("specialty", "a"), ("specialty", "b")]
    assert asked(*pairs).filters == {Field.SPECIALTY: ("b", "a")}


@pytest.mark.parametrize("text", ["yes", "YES", "true", "1", "on"])
def test_several_words_mean_yes(text):
    assert asked(telehealth=text).filters == {Field.TELEHEALTH: ("yes",)}


@pytest.mark.parametrize("text", ["no", "False", "0"])
def test_several_words_mean_no(text):
    assert asked(telehealth=text).filters == {Field.TELEHEALTH: ("no",)}


def test_states_may_be_written_small():
    assert asked(state="il").filters == {Field.STATE: ("IL",)}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lat", "90.01"),
        ("lat", "north"),
        ("lon", "-181"),
        ("radius_mi", "0"),
        ("radius_mi", "-0.0"),
        ("radius_mi", "500.1"),
        ("radius_mi", "nan"),
        ("radius_mi", "inf"),
        ("radius_mi", "1e999"),
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "-1"),
        ("limit", "1.5"),
        ("limit", "٣"),
        ("limit", "9" * 5_000),
        ("sort", "paid"),
        ("kind", "hospital"),
        ("telehealth", "maybe"),
        ("include_unknown", "shoe_size"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(name, text):
    with pytest.raises(InvalidInput) as refused:
        asked((name, text))
    assert refused.value.field == name


def test_too_many_values_are_refused():
    pairs = [("condition", str(number)) for number in range(MAX_VALUES + 1)]
    with pytest.raises(InvalidInput) as refused:
        asked(*pairs)
    assert refused.value.field == "condition"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["q", "near", "lat", "lon", "radius_mi", "limit", "sort", "cursor", "without", *FILTERS]),
            st.text(max_size=20),
        ),
        max_size=10,
    )
)
def test_any_text_is_taken_or_refused_by_name(pairs):
    refused = None
    try:
        asked_of(MultiDict(pairs))
    except InvalidInput as error:
        refused = error.field
    assert refused is None or refused in dict(pairs)
