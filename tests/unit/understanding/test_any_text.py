"""What holds for any text whatever."""

from hypothesis import given, settings
from hypothesis import strategies as st

from directory.understanding.reader import TextReader
from directory.understanding.tokens import tokenize
from tests.unit.understanding.table import examples

WORDS = sorted({word for example in examples() for word in example.text.split()})
ANY_TEXT = st.one_of(
    st.text(max_size=1_000),
    st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join),
    st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=8)), max_size=40).map(" ".join),
)


def test_no_text_breaks_the_reader_and_every_span_lies_within_it(reader: TextReader) -> None:
    @settings(max_examples=400, deadline=None, derandomize=True)
    @given(ANY_TEXT)
    def holds(text: str) -> None:
        reading = reader.read(text)
        assert reading.text == text
        assert all(0 <= span.start < span.end <= len(text) for span in reading.spans)
        assert reading.language in {"en", "es"}
        asked = {item.code for item in reading.specialties if item.reason == "asked"}
        assert not asked & set(reading.filters.get("exclude_specialties", ()))
        assert reader.read(text) == reading

    holds()


def test_the_case_of_letters_never_adds_a_condition(reader: TextReader) -> None:
    @settings(max_examples=150, deadline=None, derandomize=True)
    @given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join))
    def holds(text: str) -> None:
        lower = {item.slug for item in reader.read(text.lower()).conditions}
        assert {item.slug for item in reader.read(text.upper()).conditions} <= lower

    holds()


@settings(max_examples=400, deadline=None, derandomize=True)
@given(ANY_TEXT)
def test_words_lie_in_order_and_say_which_characters_they_are(text: str) -> None:
    last = 0
    for token in tokenize(text):
        assert last <= token.start < token.end <= len(text)
        assert text[token.start : token.end] == token.raw
        assert text[last : token.start] == token.gap
        assert token.word
        last = token.end
