"""Where a search is, within which distance, what is left over as a name, and what cannot be answered."""

from dataclasses import dataclass

from directory.understanding.answerless import AnswerlessReader
from directory.understanding.durations import since_when
from directory.understanding.locations import LocationReader, location_of
from directory.understanding.names import NameReader
from directory.understanding.parsed import Parsed
from directory.understanding.radius import Radius, radius
from directory.understanding.reading import ReadLocation, Unanswerable
from directory.understanding.remainder import Remainder, RemainderReader
from directory.understanding.where import WhereReader
from directory.understanding.words import answerless


@dataclass(frozen=True, slots=True)
class Circumstances:
    """`rest` holds the name and its characters."""

    location: ReadLocation
    within: Radius | None
    rest: Remainder
    unanswerable: tuple[Unanswerable, ...]


class CircumstancesReader:
    """Reads what stands around the medical part of a text."""

    def __init__(self, where: WhereReader, names: NameReader) -> None:
        self._answerless = AnswerlessReader(answerless())
        self._locations = LocationReader(where, self._answerless)
        self._remainder = RemainderReader(names, where, self._answerless)

    def read(self, parsed: Parsed, *, named: bool) -> Circumstances:
        """`named` says whether what is left over may be a name."""
        within = radius(parsed.tokens)
        location = self._locations.read(parsed)
        taken = _taken(parsed, within)
        placed = location.type != "none"
        rest = self._remainder.read(parsed, placed=placed, taken=taken) if named else Remainder()
        location = _guessed(rest) or location
        return Circumstances(location, within, rest, self._unanswerable(parsed, location, rest))

    def _unanswerable(self, parsed: Parsed, location: ReadLocation, rest: Remainder) -> tuple[Unanswerable, ...]:
        found = (
            *self._answerless.named(parsed),
            *self._locations.unanswerable(parsed, location),
            *rest.unanswerable,
        )
        return tuple({item.span: item for item in found}.values())


def _taken(parsed: Parsed, within: Radius | None) -> frozenset[int]:
    """Words that belong to something: phrases, durations, ages, a distance, a date."""
    claimed = {at for match in parsed.matches for at in range(match.first, match.last)}
    limits = range(within.first, within.last) if within is not None else range(0)
    since = since_when(parsed.tokens) or (0, 0)
    return frozenset({*claimed, *parsed.timed, *limits, *range(*since)})


def _guessed(rest: Remainder) -> ReadLocation | None:
    """A place that was misspelt: said to be a guess by its type, even where there is no other candidate."""
    if rest.guess is None or rest.span is None:
        return None
    read = location_of(rest.guess, rest.span)
    return ReadLocation("ambiguous", read.place, read.candidates, rest.span)
