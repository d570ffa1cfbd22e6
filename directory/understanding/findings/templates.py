"""Patterns over words and concepts, and the chart of a text that they are matched against.

A template is a line of elements separated by spaces:

- `word` is a folded word, `@name` a concept; `a|@b|c` is any of them; a trailing `?` makes it optional;
- `two_words` are words that follow each other, where one of several choices has more than one;
- `..3` is a gap of up to three words, never across the end of a sentence nor across a word of the concept @turn;
- `&3` between two parts of a line lets them stand in either order, with a gap of up to three words;
- `!old|@name` stands for nothing, where none of these comes next;
- `#8-500` is a number in that range, its ends included.
"""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field

from directory.understanding.findings.tokens import Pause, Token

TURN = "@turn"
"""Words such as "but", behind which something else is said."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several words or concepts."""

    names: tuple[str, ...]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to `most` words of any kind."""

    most: int


@dataclass(frozen=True, slots=True)
class Number:
    """A number from `low` to `high`, both included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Absent:
    """None of these words or concepts comes next."""

    names: tuple[str, ...]


Element = Choice | Gap | Number | Absent
NUMBER = "#"
"""The name under which a number stands in a chart."""


class Template(tuple[Element, ...]):
    """The elements of a pattern. Of each set of names in `needed` one must stand somewhere in a text that matches."""

    needed: tuple[frozenset[str], ...]

    def __new__(cls, elements: Iterable[Element]) -> "Template":
        made = super().__new__(cls, elements)
        made.needed = tuple(_needed(made))
        return made


def _needed(elements: tuple[Element, ...]) -> Iterator[frozenset[str]]:
    """Of the first element it is known already that it is there: by it templates are looked up."""
    for element in elements[1:]:
        if isinstance(element, Choice) and not element.optional:
            yield frozenset(element.names)


class TemplateError(ValueError):
    """A template is not written as it should be."""


def parse(line: str) -> tuple[Template, ...]:
    """Return the templates that a line stands for: two where `&` allows either order."""
    parts = line.split()
    either = next((place for place, part in enumerate(parts) if part.startswith("&")), None)
    if either is None:
        return (_sequence(line, parts),)
    gap = [f"..{parts[either][1:]}"]
    left, right = parts[:either], parts[either + 1 :]
    return (_sequence(line, [*left, *gap, *right]), _sequence(line, [*right, *gap, *left]))


def _sequence(line: str, parts: list[str]) -> Template:
    template = Template(_element(part) for part in parts)
    if not template or isinstance(template[0], Gap) or isinstance(template[-1], Gap):
        raise TemplateError(f"{line!r}: a template begins and ends with a word, a concept or a number")
    if isinstance(template[0], Absent) or (isinstance(template[0], Choice) and template[0].optional):
        raise TemplateError(f"{line!r}: the first element may not be optional or absent")
    return template


def _element(part: str) -> Element:
    if part.startswith(".."):
        return Gap(int(part[2:]))
    if part.startswith("!"):
        return Absent(tuple(part[1:].split("|")))
    if part.startswith("#"):
        low, _, high = part[1:].partition("-")
        return Number(float(low), float(high))
    return Choice(tuple(part.removesuffix("?").split("|")), part.endswith("?"))


def names_of(template: Template) -> Iterator[str]:
    """Yield every word and concept that a template names."""
    for element in template:
        if isinstance(element, Choice | Absent):
            yield from element.names


def starts_of(template: Template) -> tuple[str, ...]:
    """Return the names with which a template can begin."""
    first = template[0]
    return first.names if isinstance(first, Choice) else (NUMBER,)


@dataclass(slots=True)
class Chart:
    """What stands where: per word, each name (word or concept) that begins there, with the places where it ends."""

    tokens: tuple[Token, ...]
    _ends: list[dict[str, tuple[int, ...]]] = field(init=False)
    _starts: dict[str, set[int]] = field(init=False)

    def __post_init__(self) -> None:
        self._ends = [{} for _ in self.tokens]
        self._starts = {}

    def add(self, name: str, start: int, end: int) -> None:
        """Enter a name that covers the words from `start` (inclusive) to `end` (exclusive)."""
        ends = self._ends[start].get(name, ())
        if end not in ends:
            self._ends[start][name] = tuple(sorted((*ends, end)))
            self._starts.setdefault(name, set()).add(start)

    def names(self, start: int) -> tuple[str, ...]:
        """Return the names that begin at a word."""
        return tuple(self._ends[start])

    def ends(self, name: str, start: int) -> tuple[int, ...]:
        """Return where a name that begins at a word ends, the nearest first."""
        return self._ends[start].get(name, ()) if start < len(self.tokens) else ()

    def has(self, name: str, start: int) -> bool:
        """Say whether a name begins at a word."""
        return 0 <= start < len(self.tokens) and name in self._ends[start]

    def lacks_all(self, names: frozenset[str]) -> bool:
        """Say whether none of these names stands anywhere."""
        return self._starts.keys().isdisjoint(names)

    def among(self, names: Set[str]) -> Set[str]:
        """Return those of the names that stand somewhere."""
        return names & self._starts.keys()

    def ends_sentence(self, place: int) -> bool:
        """Say whether a sentence ends before a word."""
        return place >= len(self.tokens) or self.tokens[place].pause is Pause.SENTENCE

    def spans(self, name: str) -> Iterator[tuple[int, int]]:
        """Yield each span of a name, in order."""
        for start in sorted(self._starts.get(name, ())):
            yield from ((start, end) for end in self._ends[start][name])


def match(template: Template, chart: Chart, start: int) -> int | None:
    """Return where the shortest match that begins at a word ends, or None. Its first name must stand at that word."""
    for names in template.needed:
        if chart.lacks_all(names):
            return None
    return _match(template, 0, chart, start, first=True)


def _match(template: Template, index: int, chart: Chart, place: int, *, first: bool = False) -> int | None:
    if index == len(template):
        return place
    element = template[index]
    if isinstance(element, Gap):
        return _match_gap(template, index, element.most, chart, place)
    if isinstance(element, Absent):
        there = any(chart.has(name, place) for name in element.names)
        return None if there else _match(template, index + 1, chart, place)
    if not first and chart.ends_sentence(place):
        return _match(template, index + 1, chart, place) if _may_miss(element) else None
    if isinstance(element, Number):
        return _match(template, index + 1, chart, place + 1) if _in_range(element, chart.tokens[place]) else None
    return _match_choice(template, index, element, chart, place)


def _match_choice(template: Template, index: int, element: Choice, chart: Chart, place: int) -> int | None:
    for name in element.names:
        for end in chart.ends(name, place):
            if (found := _match(template, index + 1, chart, end)) is not None:
                return found
    return _match(template, index + 1, chart, place) if element.optional else None


def _match_gap(template: Template, index: int, most: int, chart: Chart, place: int) -> int | None:
    for skipped in range(most + 1):
        if (found := _match(template, index + 1, chart, place + skipped)) is not None:
            return found
        here = place + skipped
        if chart.ends_sentence(here) or chart.has(TURN, here):
            return None
    return None


def _may_miss(element: Element) -> bool:
    return isinstance(element, Choice) and element.optional


def _in_range(element: Number, token: Token) -> bool:
    return token.number is not None and element.low <= token.number <= element.high
