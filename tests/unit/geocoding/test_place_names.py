"""How place names become keys."""

from hypothesis import given
from hypothesis import strategies as st

from directory.geocoding import names


@given(st.text(st.sampled_from("aZ9 \t\n\u00a0_.,'-é"), max_size=12))
def test_plain_names_are_taken_apart_as_all_others(text: str) -> None:
    plain = text.lower() if text.isascii() else names.fold(names.fold(text))
    slowly = names._WORD.findall(names._APOSTROPHES.sub("", names._INITIAL_DOT.sub("", plain)))
    assert names.words(text) == slowly


@given(st.lists(st.sampled_from(["st", "n", "ft", "paul", "main", "saint", "w"]), max_size=3))
def test_names_without_abbreviations_are_left_as_they_are(parts: list[str]) -> None:
    full = [names._SPELLED_OUT.get(part, part) for part in parts]
    if len(full) > 1:
        full[0] = names._DIRECTIONS.get(full[0], full[0])
    assert names.spelled_out(parts) == full
