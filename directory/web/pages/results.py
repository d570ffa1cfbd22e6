"""A page of results in words, from the answer to a search."""

from collections.abc import Iterator
from dataclasses import dataclass

from directory.domain.errors import InvalidInput
from directory.domain.place import Place, PlaceKind
from directory.guidance.notice import Notice, Triage
from directory.search.find import WIDENING_MILES, Found
from directory.search.listing import Field
from directory.search.query import Sort
from directory.understanding.ask import Answer
from directory.web.asking import FILTERS
from directory.web.pages.cards import Card, Cards, Linked
from directory.web.pages.chips import Chip, Chips, Use
from directory.web.pages.facets import Facets, facets
from directory.web.pages.links import Parameters
from directory.web.pages.names import Names
from directory.web.pages.texts import Texts

RADII_MILES = (1, 2, *(int(miles) for miles in WIDENING_MILES))
_MOST_PLACES = 6
_PARAMETER = {field: name for name, field in FILTERS.items()}


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a list to choose from."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Results:
    """One page of results. `found` is False where nothing was searched, and `trouble` says why.

    `summary` is the count in words, `range` how far was searched, `places` other meanings of the place that was
    named, `unknown` what a filter left out for want of an answer, `mend` ways out of an empty page.
    """

    title: str
    notices: tuple[Notice, ...]
    emergency: bool
    chips: tuple[tuple[Use, tuple[Chip, ...]], ...]
    found: bool
    total: int
    summary: str
    range: str
    widened: bool
    trouble: str
    misread: str
    place_note: str
    places: tuple[Linked, ...]
    unknown: tuple[Linked, ...]
    cards: tuple[Card, ...]
    facets: Facets | None
    sorts: tuple[Choice, ...]
    radii: tuple[Choice, ...]
    mend: tuple[Linked, ...]
    next: str
    first: str
    has_place: bool
    clear: str
    primary_care: str
    fallback: bool


class ResultsPages:
    """Words the answers to searches in one language. `prefix` is "" or "/es"."""

    def __init__(self, texts: Texts, names: Names, cards: Cards, prefix: str) -> None:
        self._texts = texts
        self._names = names
        self._cards = cards
        self._path = f"{prefix}/search"
        self._chips = Chips(texts, names, self._path)

    def page(self, answer: Answer, parameters: Parameters, start: int) -> Results:
        """`start` is the number of hits on the pages before."""
        found = answer.found
        chips = self._chips.all(answer, parameters)
        notices = answer.reading.notices if answer.reading else ()
        return Results(
            title=self._title(answer),
            notices=notices,
            emergency=any(notice.level is Triage.EMERGENCY for notice in notices),
            chips=tuple((use, same) for use in Use if (same := tuple(chip for chip in chips if chip.use is use))),
            found=found is not None,
            total=found.result.total if found else 0,
            summary=self._summary(answer, found) if found else "",
            range=self._range(answer, found) if found else "",
            widened=bool(found and found.widened),
            trouble="" if found else self._trouble(answer),
            misread=self._texts("results.misread") if _is_misread(answer) else "",
            place_note=self._place_note(answer),
            places=tuple(self._other_places(answer, parameters)),
            unknown=tuple(self._unknown(found, parameters)) if found else (),
            cards=tuple(self._page_of_cards(found, start)) if found else (),
            facets=facets(answer, found, parameters, self._names) if found else None,
            sorts=tuple(self._sorts(answer)),
            radii=tuple(self._radii(answer)),
            mend=tuple(self._mend(answer, found, chips, parameters)) if found and not found.result.total else (),
            next=self._next(found, parameters, start) if found else "",
            first=self._href(parameters) if start else "",
            has_place=answer.near is not None,
            fallback=found is not None and found.result.fallback,
            clear=self._href(parameters.dropping(*FILTERS, "include_unknown", "radius_mi", "sort")),
            primary_care=self._href(_place_of(parameters).adding("specialty", "primary_care")),
        )

    def _href(self, parameters: Parameters) -> str:
        return parameters.href(self._path)

    def _title(self, answer: Answer) -> str:
        if answer.found is None:
            return self._texts("results.nobody")
        what = self._what(answer.found)
        if answer.near is None:
            return what
        where = self._place(answer.near)
        key = "results.title_in" if answer.near.kind is PlaceKind.STATE else "results.title_near"
        return self._texts(key, what=what, place=where)

    def _what(self, found: Found) -> str:
        """What is looked for: kinds of professionals, else conditions, else everybody."""
        applied = {item.field: item.any_of for item in reversed(found.query.filters)}
        names, texts = self._names, self._texts
        if codes := applied.get(Field.SPECIALTY):
            return texts.any_of(tuple(names.plural(code) for code in codes[:3]))
        if slugs := applied.get(Field.CONDITION):
            return texts("results.care_for", what=texts.any_of(names.all(Field.CONDITION, slugs[:2])))
        return texts("results.everybody")

    def _place(self, place: Place) -> str:
        return self._texts("place.yours") if place.kind is PlaceKind.POINT else place.label

    def _summary(self, answer: Answer, found: Found) -> str:
        return self._texts("results.total", count=found.result.total)

    def _range(self, answer: Answer, found: Found) -> str:
        """How far was searched: always said, and who chose it."""
        if found.radius_miles is None or answer.near is None:
            return self._texts("results.anywhere") if answer.near is None else ""
        miles, place = self._texts.miles(round(found.radius_miles, 1)), self._place(answer.near)
        if _named_radius(answer) is not None:
            return self._texts("results.within", miles=miles, place=place)
        return self._texts("results.widened" if found.widened else "results.automatic", miles=miles, place=place)

    def _trouble(self, answer: Answer) -> str:
        if answer.reading is not None and answer.reading.out_of_scope:
            return self._texts("results.out_of_scope", what=answer.reading.out_of_scope)
        return self._texts("results.no_such_place", place=answer.asked.near)

    def _place_note(self, answer: Answer) -> str:
        if answer.near is not None and answer.near.kind is PlaceKind.POINT and answer.asked.lat is not None:
            return self._texts("place.rounded")
        if answer.location is not None and answer.location.ambiguous and answer.near is not None:
            return self._texts("place.several", place=self._place(answer.near))
        return ""

    def _other_places(self, answer: Answer, parameters: Parameters) -> Iterator[Linked]:
        candidates = answer.location.candidates if answer.location else ()
        for place in candidates[:_MOST_PLACES]:
            there = parameters.dropping("lat", "lon").replacing("near", place.label)
            yield Linked(place.label, self._href(there))

    def _unknown(self, found: Found, parameters: Parameters) -> Iterator[Linked]:
        for field, count in found.left_out.items():
            if name := _PARAMETER.get(field):
                text = self._texts("results.left_out", count=count, fact=self._names.field(field).lower())
                yield Linked(text, self._href(parameters.adding("include_unknown", name)))

    def _page_of_cards(self, found: Found, start: int) -> Iterator[Card]:
        wanted = _conditions(found)
        hits = zip(found.result.hits, found.reasons, strict=True)
        for number, (hit, reasons) in enumerate(hits, start + 1):
            position = self._texts("results.position", number=number, total=found.result.total)
            yield self._cards.of_hit(hit, reasons, position, wanted)

    def _sorts(self, answer: Answer) -> Iterator[Choice]:
        chosen = answer.found.query.sort if answer.found else answer.asked.sort or Sort.BEST
        for sort in Sort:
            if sort is not Sort.DISTANCE or (answer.found and answer.found.query.near is not None):
                yield Choice(sort.value, self._texts(f"sort.{sort.value}"), sort is chosen)

    def _radii(self, answer: Answer) -> Iterator[Choice]:
        if answer.found is None or answer.found.radius_miles is None:
            return
        asked = _named_radius(answer)
        yield Choice("", self._texts("radius.automatic"), asked is None)
        for miles in sorted({*RADII_MILES, *(() if asked is None else (asked,))}):
            yield Choice(f"{miles:g}", self._texts.miles(miles), miles == asked)

    def _mend(self, answer: Answer, found: Found, chips: tuple[Chip, ...], parameters: Parameters) -> Iterator[Linked]:
        """One step each out of an empty page, the smallest first."""
        if answer.asked.radius_miles is not None:
            yield Linked(self._texts("mend.radius"), self._href(parameters.dropping("radius_mi")))
        for chip in chips:
            if chip.href and chip.use is Use.ASKED:
                yield Linked(self._texts("mend.without", what=chip.label), chip.href)

    def _next(self, found: Found, parameters: Parameters, start: int) -> str:
        if found.next is None:
            return ""
        after = parameters.adding("cursor", found.next).adding("from", str(start + len(found.result.hits)))
        return self._href(after)


def _is_misread(answer: Answer) -> bool:
    """Whether words were typed of which nothing at all was understood."""
    read = answer.reading
    return read is not None and not (
        read.spans or read.name or read.filters or read.notices or read.out_of_scope or read.location.place
    )


def _conditions(found: Found) -> tuple[str, ...]:
    """Conditions that were searched for."""
    filtered = (item.any_of for item in found.query.filters if item.field is Field.CONDITION)
    raised = (item.any_of for item in found.query.boosts if item.field is Field.CONDITION_STATED)
    return tuple(dict.fromkeys(slug for any_of in (*filtered, *raised) for slug in any_of))


def _named_radius(answer: Answer) -> float | None:
    """The radius that was chosen or named in words, not one that grew by itself."""
    read = answer.reading.radius_miles if answer.reading and "radius:" not in answer.asked.without else None
    return read if answer.asked.radius_miles is None else answer.asked.radius_miles


def _place_of(parameters: Parameters) -> Parameters:
    return Parameters(tuple(pair for pair in parameters.pairs if pair[0] in ("near", "lat", "lon")))


def start_of(text: str) -> int:
    """How many hits stood on the pages before, as the next page's address says. Raises InvalidInput."""
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) <= 7):
        raise InvalidInput("from is a whole number: start again from the first page.", "from")
    return int(text)
