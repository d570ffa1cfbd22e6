"""Which values of a filter are shown."""

from hypothesis import given
from hypothesis import strategies as st

from directory.search.listing import Field
from directory.vocabulary.reader import load
from directory.web.pages import facets
from directory.web.pages.names import Names
from directory.web.pages.texts import load_texts

NAMES = Names(load(), load_texts("en"))
CONDITIONS = sorted(load().conditions)[:40]
COUNTS = st.dictionaries(st.sampled_from(CONDITIONS), st.integers(1, 4), max_size=40)
CHOSEN = st.lists(st.sampled_from(CONDITIONS), max_size=15, unique=True)


@given(COUNTS, CHOSEN)
def test_those_that_are_shown_are_the_first_of_all_in_order(counts: dict[str, int], chosen: list[str]) -> None:
    def place(value: str) -> tuple[bool, int, str]:
        return value not in chosen, -counts.get(value, 0), NAMES.of(Field.CONDITION, value)

    shown = facets._options(Field.CONDITION, counts, tuple(chosen), NAMES, in_order=False)
    first = sorted({*chosen, *counts}, key=place)[: max(facets._LONGEST, len(chosen))]
    assert [option.value for option in shown] == first
