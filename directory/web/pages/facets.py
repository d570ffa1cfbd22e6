"""The filters beside the results: what else could be chosen, with its counts, as fields of one GET form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from directory.search.find import Found
from directory.search.listing import UNKNOWN, Field
from directory.understanding.ask import Answer
from directory.web.asking import FILTERS
from directory.web.pages.chips import READ_FIELDS, tokens
from directory.web.pages.links import Pairs, Parameters
from directory.web.pages.names import Names

_OFFERED = (
    "kind", "specialty", "accepting_new_patients", "clinic_model", "insurance", "language", "telehealth", "gender",
    "open_days", "accessibility", "age_group", "treatment", "condition", "credential", "board_certified", "level",
    "state",
)  # fmt: skip
_ONLY_YES = frozenset({Field.ACCEPTING, Field.TELEHEALTH, Field.BOARD_CERTIFIED})
_NEVER = frozenset({UNKNOWN, "none"})
_LONGEST = 12
"""Values that a group offers; rarer ones are found by words."""
_OPEN = frozenset({"kind", "specialty", "accepting_new_patients"})
_IN_ORDER = frozenset({"open_days", "level", "age_group"})
COUNTED = tuple(FILTERS[name] for name in _OFFERED)
"""Fields whose values are counted for every page of results."""


@dataclass(frozen=True, slots=True)
class Option:
    """A value that can be chosen. `count` is what a search with it would find, `shown` the same in figures."""

    value: str
    label: str
    count: int
    shown: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One field of the form. `unknown` counts listings that nobody stated it of; `unknown_added` lets them in."""

    name: str
    legend: str
    options: tuple[Option, ...]
    unknown: int
    unknown_added: bool
    open: bool

    @property
    def chosen(self) -> bool:
        return any(option.chosen for option in self.options)


@dataclass(frozen=True, slots=True)
class Facets:
    """`kept` are the parameters that the form repeats. `chosen` is how many values are chosen."""

    groups: tuple[Group, ...]
    kept: Pairs
    chosen: int


def facets(answer: Answer, found: Found, parameters: Parameters, names: Names) -> Facets:
    """The form of a search. What the words asked for is shown as chosen; sending the form makes it explicit."""
    read = dict(_read(answer))
    chosen = dict(answer.asked.filters)
    for field, codes in read.items():
        chosen.setdefault(field, tuple(code.partition(":")[2] for code in codes))
    groups = tuple(_groups(found, chosen, answer, names))
    offered = {group.name for group in groups}
    kept = parameters.dropping(*offered, "include_unknown", "sort", "radius_mi").pairs
    without = (
        *(("without", code) for field, codes in read.items() if field not in answer.asked.filters for code in codes),
        *(("without", code) for code in _read_elsewhere(answer)),
    )
    count = sum(option.chosen for group in groups for option in group.options)
    return Facets(groups, tuple(dict.fromkeys((*kept, *without))), count)


def _read(answer: Answer) -> Iterator[tuple[Field, tuple[str, ...]]]:
    """Field -> pieces of the reading ("language:es") that filter by it."""
    reading = answer.reading
    if reading is None:
        return
    asked_for = tuple(f"specialty:{item.code}" for item in reading.specialties if item.reason == "asked")
    named = tuple(f"condition:{item.slug}" for item in reading.conditions)
    pieces: dict[Field, tuple[str, ...]] = {Field.SPECIALTY: asked_for}
    if not asked_for:
        pieces[Field.CONDITION] = named
    for key, value in reading.filters.items():
        if key in READ_FIELDS and key not in ("clinic_with", "exclude_specialties"):
            pieces[READ_FIELDS[key]] = tuple(f"{key}:{token}" for token in tokens(value))
    for field, codes in pieces.items():
        if kept := tuple(code for code in codes if code not in answer.asked.without):
            yield field, kept


def _read_elsewhere(answer: Answer) -> Iterator[str]:
    """Pieces of the reading that the form has selects for: what is chosen there replaces them."""
    if answer.reading is not None and answer.reading.radius_miles is not None:
        yield "radius:"
    if answer.reading is not None:
        yield from (f"sort:{sort}" for sort in tokens(answer.reading.filters.get("sort", ())))


def _groups(found: Found, chosen: Mapping[Field, tuple[str, ...]], answer: Answer, names: Names) -> Iterator[Group]:
    for name in _OFFERED:
        field = FILTERS[name]
        counts = found.result.facets.get(field, {})
        options = tuple(_options(field, counts, chosen.get(field, ()), names, in_order=name in _IN_ORDER))
        if not options or (field is Field.STATE and len(options) == 1 and not options[0].chosen):
            continue
        added = field in answer.asked.include_unknown
        opened = name in _OPEN or any(option.chosen for option in options)
        yield Group(name, names.field(field), options, counts.get(UNKNOWN, 0), added, opened)


def _options(
    field: Field, counts: Mapping[str, int], chosen: tuple[str, ...], names: Names, *, in_order: bool
) -> Iterator[Option]:
    offered = ("yes",) if field in _ONLY_YES else tuple(counts)
    values = [value for value in dict.fromkeys((*chosen, *offered)) if value not in _NEVER]
    if in_order:
        values.sort(key=lambda value: (names.rank(field, value), value))
    else:
        values = _foremost(values, counts, chosen)
        values.sort(key=lambda value: (value not in chosen, -counts.get(value, 0), names.of(field, value)))
    for value in values[: max(_LONGEST, len(chosen))]:
        if value in chosen or counts.get(value):
            count = counts.get(value, 0)
            yield Option(value, names.of(field, value), count, names.number(count), value in chosen)


def _foremost(values: list[str], counts: Mapping[str, int], chosen: tuple[str, ...]) -> list[str]:
    """Those that can be among the first, which are shown: to put a hundred in order takes longer than all else."""
    if len(values) <= _LONGEST:
        return values
    least = sorted((counts.get(value, 0) for value in values), reverse=True)[_LONGEST - 1]
    return [value for value in values if value in chosen or counts.get(value, 0) >= least]
