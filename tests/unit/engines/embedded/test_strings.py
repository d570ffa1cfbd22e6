"""Sorting and finding strings without making them Python objects."""

from hypothesis import example, given
from hypothesis import strategies as st

from directory.engines.embedded.strings import packed

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
SHARED = st.builds(lambda head, tail: "abcdefgh" * head + tail, st.integers(0, 3), st.text("ab", max_size=9))


@given(st.lists(st.one_of(TEXT, SHARED)).map(lambda texts: [text.encode() for text in texts]))
@example([b"abcdefgh", b"abcdefghi", b"abcdefgh", b"", b"abcdefg"])
@example([b"abcdefghi", b"abcdefgh"])
def test_strings_are_ordered_as_python_orders_them(texts: list[bytes]) -> None:
    order, fresh = packed(texts).order()
    assert order.tolist() == sorted(range(len(texts)), key=lambda index: texts[index])
    ordered = [texts[index] for index in order.tolist()]
    assert fresh.tolist() == [at == 0 or ordered[at] != ordered[at - 1] for at in range(len(texts))]


@given(st.lists(TEXT), TEXT)
def test_strings_are_found_where_they_are(texts: list[str], wanted: str) -> None:
    encoded = sorted({text.encode() for text in texts})
    strings, key = packed(encoded), wanted.encode()
    assert strings.find(key) == (encoded.index(key) if key in encoded else None)
    beginning = [encoded[index] for index in strings.all_beginning_with(key)]
    assert beginning == [text for text in encoded if text.startswith(key)]


def test_strings_can_be_taken_in_another_order() -> None:
    strings = packed([b"one", b"", b"three"])
    order, _ = strings.order()
    taken = strings.take(order)
    assert [taken.at(index) for index in range(3)] == [b"", b"one", b"three"]
