"""How place names become keys."""

from hypothesis import given
from hypothesis import strategies as st

from directory.geocoding import names


@given(st.text(st.sampled_from("aZ9 \t\n\u00a0_.,'-é"), max_size=12))
def test_plain_names_are_taken_apart_as_all_others(text: str) -> None:
    plain = text.lower() if text.isascii() else names.fold(names.fold(text))
    slowly = names._WORD.findall(names._APOSTROPHES.sub("", names._INITIAL_DOT.sub("", plain)))
    assert names.words(text) == slowly
