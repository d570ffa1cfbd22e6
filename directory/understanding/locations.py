"""Which of the places in a text is searched around, and what is said of the others."""

from collections.abc import Iterator

from directory.domain.place import PlaceKind
from directory.search.places import Resolution
from directory.understanding.answerless import AnswerlessReader
from directory.understanding.match import Match, span_of
from directory.understanding.parsed import Parsed
from directory.understanding.reading import ReadLocation, Span, Unanswerable
from directory.understanding.where import WhereReader


class LocationReader:
    """Reads the place of a search."""

    def __init__(self, where: WhereReader, answerless: AnswerlessReader) -> None:
        self._where = where
        self._answerless = answerless

    def read(self, parsed: Parsed) -> ReadLocation:
        """The most precise place named first; "near me" where none is named."""
        for match in sorted(_placed(parsed), key=lambda match: (_breadth(match), parsed.word_before(match) == _LEFT)):
            resolution = self._where.resolve(parsed.tokens, match)
            if resolution.place is not None:
                return location_of(resolution, parsed.span(match, "location", match.codes("place")[0]))
        near_me = next((match for match in parsed.matches if match.cue("near_me")), None)
        return ReadLocation("near_me", span=parsed.span(near_me, "location", "near_me")) if near_me else ReadLocation()

    def unanswerable(self, parsed: Parsed, read: ReadLocation) -> Iterator[Unanswerable]:
        """Other places that were named, and ZIP codes that are none."""
        taken = read.span
        for match in _placed(parsed):
            span = parsed.span(match, "unanswerable", "second_place")
            outside = taken is None or span.start >= taken.end or span.end <= taken.start
            if outside and match.codes("place")[0] != "state":
                yield self._answerless.of("second_place", span)
        for at in self._where.unknown_zips(parsed.tokens):
            yield self._answerless.of("zip", span_of(parsed.tokens, at, at + 1, "unanswerable", "zip"))


_LESS_PRECISE = ("village", "metro", "state", "the state")
_LEFT = "from"
"""Behind it stands a place that somebody leaves."""


def location_of(resolution: Resolution, span: Span) -> ReadLocation:
    """A reading's place of what a gazetteer resolved."""
    if resolution.place is None:
        return ReadLocation("none", None, resolution.candidates, span)
    kind = "ambiguous" if resolution.candidates else _type(resolution.place.kind)
    return ReadLocation(kind, resolution.place, resolution.candidates, span)


def _placed(parsed: Parsed) -> list[Match]:
    return [match for match in parsed.matches if match.has("place")]


def _breadth(match: Match) -> int:
    """A ZIP code and a city come before a village, and before a state that is named apart."""
    code = match.codes("place")[0]
    return _LESS_PRECISE.index(code) + 1 if code in _LESS_PRECISE else 0


def _type(kind: PlaceKind) -> str:
    return PlaceKind.CITY.value if kind is PlaceKind.POINT else kind.value
