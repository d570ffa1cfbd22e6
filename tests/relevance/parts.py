"""Whether each part of a reading is what was expected; a part that is not judged is left out."""

from collections.abc import Iterator

from directory.search.fold import query_words
from directory.search.places import Places
from directory.understanding.reading import FilterValue, Reading
from tests.relevance.collection import Question

_BEST_FIT = 3
PARTS = ("specialties", "conditions", "location", "filters", "the rest")


def judged(question: Question, reading: Reading, places: Places) -> dict[str, str]:
    """Part -> "" where it is right, else what was read and what was expected."""
    found = {
        "specialties": None if question.any_specialties else _specialties(question, reading),
        "conditions": None if question.any_conditions else _conditions(question, reading),
        "location": _location(question, reading, places),
        "filters": None if question.any_filters else _filters(question, reading),
        "the rest": "; ".join(_rest(question, reading)),
    }
    return {part: fault for part, fault in found.items() if fault is not None}


def _specialties(question: Question, reading: Reading) -> str:
    """Asked for: exactly those. Inferred: some of the best and nobody else on the first rank, none that must not."""
    top = {item.code for item in reading.specialties if item.fit == _BEST_FIT}
    asked = {item.code for item in reading.specialties if item.reason == "asked"}
    if question.asked and not question.inferred:
        right = asked == set(question.asked)
    elif not question.best:
        right = not reading.specialties
    else:
        unwanted = {item.code for item in reading.specialties} & set(question.never)
        right = bool(top) and top <= set(question.best) and not unwanted
    read = [f"{item.code} {item.fit}" for item in reading.specialties]
    return "" if right else f"read {read}, best are {list(question.best)}"


def _conditions(question: Question, reading: Reading) -> str:
    read = {item.slug for item in reading.conditions}
    return "" if read == set(question.conditions) else f"read {sorted(read)}, not {sorted(question.conditions)}"


def _location(question: Question, reading: Reading, places: Places) -> str:
    read = reading.location.place.label if reading.location.place is not None else reading.location.type
    place = places.resolve(question.at).place if question.at else None
    wanted = place.label if place is not None else question.place or "none"
    if question.ambiguous and reading.location.type != "ambiguous":
        return f"{read} was read as if there were no other"
    return "" if read == wanted and reading.radius_miles == question.within else f"read {read}, not {wanted}"


def _filters(question: Question, reading: Reading) -> str:
    read = {key: _plain(value) for key, value in reading.filters.items()}
    return "" if read == dict(question.filters) else f"read {read}, not {dict(question.filters)}"


def _plain(value: FilterValue) -> object:
    return list(value) if isinstance(value, tuple) else value


def _rest(question: Question, reading: Reading) -> Iterator[str]:
    tried = {f"{item.code}:{item.helped}" for item in reading.treatments if item.status == "tried"}
    if tried != set(question.tried) and (question.tried or not question.any_conditions):
        yield f"read as tried {sorted(tried)}, not {sorted(question.tried)}"
    wanted = {item.code for item in reading.treatments if item.status == "wanted"}
    if question.wanted and wanted != set(question.wanted):
        yield f"read as wanted {sorted(wanted)}, not {sorted(question.wanted)}"
    if question.weeks is not None and round(reading.duration_weeks or 0.0) != round(question.weeks):
        yield f"read {reading.duration_weeks} weeks, not {question.weeks}"
    if not question.any_name and query_words(reading.name) != query_words(question.name):
        yield f"read the name {reading.name!r}, not {question.name!r}"
    if not question.any_out_of_scope and bool(reading.out_of_scope) != question.out_of_scope:
        yield f"read as out of scope: {reading.out_of_scope!r}"
    if reading.language != question.language:
        yield f"read as {reading.language}"
