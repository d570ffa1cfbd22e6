"""What a text asks for that no listing can answer: it is said, never dropped."""

from collections.abc import Iterator, Mapping

from directory.understanding.durations import since_when
from directory.understanding.match import span_of
from directory.understanding.parsed import Parsed
from directory.understanding.reading import Span, Unanswerable
from directory.understanding.words import Answerless


class AnswerlessReader:
    """Explains by the committed table."""

    def __init__(self, known: Mapping[str, Answerless]) -> None:
        self._known = known

    def named(self, parsed: Parsed) -> Iterator[Unanswerable]:
        """Ratings, prices, hours and the like, and dates that only a calendar could count."""
        for match in parsed.matches:
            asked = (*match.codes("unanswerable"), *match.codes("visit_type"))
            for code in asked[:1]:
                if code in self._known:
                    yield self.of(code, parsed.span(match, "unanswerable", code))
        since = since_when(parsed.tokens)
        if since is not None:
            yield self.of("since", span_of(parsed.tokens, *since, "unanswerable", "since"))

    def of(self, code: str, span: Span) -> Unanswerable:
        """One of the table's rows, said of some characters."""
        row = self._known[code]
        return Unanswerable(code, span, row.text, row.text_es)
