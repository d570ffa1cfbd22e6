"""Request parameters -> what a person asks for: one table of names for pages and the JSON API."""

import math
from collections.abc import Callable, Iterator, Mapping

from werkzeug.datastructures import MultiDict

from directory.domain.errors import InvalidInput
from directory.search.listing import Field, Kind
from directory.search.query import MAX_LIMIT, Sort
from directory.understanding.ask import Asked

MAX_RADIUS_MILES = 500.0
FILTERS: Mapping[str, Field] = {
    "state": Field.STATE,
    "kind": Field.KIND,
    "specialty": Field.SPECIALTY,
    "condition": Field.CONDITION,
    "treatment": Field.TREATMENT,
    "accepting_new_patients": Field.ACCEPTING,
    "telehealth": Field.TELEHEALTH,
    "language": Field.LANGUAGE,
    "insurance": Field.INSURANCE,
    "gender": Field.GENDER,
    "accessibility": Field.ACCESSIBILITY,
    "clinic_model": Field.CLINIC_MODEL,
    "credential": Field.CREDENTIAL,
    "board_certified": Field.BOARD_CERTIFIED,
    "age_group": Field.AGE_GROUP,
    "open_days": Field.OPEN_DAY,
    "level": Field.LEVEL,
}
"""Parameter name -> field; each may be repeated, and any of its values matches."""
MAX_VALUES = 64
_YES = frozenset({"yes", "true", "1", "on"})
_NO = frozenset({"no", "false", "0"})
_YES_NO = frozenset({Field.ACCEPTING, Field.TELEHEALTH, Field.BOARD_CERTIFIED})


Parameters = MultiDict[str, str]
"""Query parameters or form fields."""


def asked_of(parameters: Parameters, language: str = "en") -> Asked:
    """What the parameters ask for. Raises InvalidInput naming the parameter that cannot be used."""
    return Asked(
        q=parameters.get("q", "").strip(),
        near=parameters.get("near", "").strip(),
        lat=_number(parameters, "lat", -90, 90),
        lon=_number(parameters, "lon", -180, 180),
        radius_miles=_radius(parameters),
        filters={field: values for name, field in _given(parameters) if (values := _values(parameters, name, field))},
        exclude_specialties=tuple(_list(parameters, "exclude_specialties")),
        exclude_treatments=tuple(_list(parameters, "exclude_treatments")),
        include_unknown=frozenset(_field(name) for name in _list(parameters, "include_unknown")),
        without=frozenset(_list(parameters, "without")),
        second_opinion_from=parameters.get("second_opinion_from", "").strip(),
        refers_to=parameters.get("refers_to", "").strip(),
        network=parameters.get("network", "").strip(),
        sort=_choice(parameters, "sort", Sort),
        limit=_limit(parameters),
        cursor=parameters.get("cursor", "") or None,
        language=language,
    )


def _given(parameters: Parameters) -> Iterator[tuple[str, Field]]:
    """The filters among the parameters, in the order of the table."""
    return ((name, field) for name, field in FILTERS.items() if name in parameters)


def _list(parameters: Parameters, name: str) -> list[str]:
    values = [value.strip() for value in parameters.getlist(name) if value.strip()]
    if len(values) > MAX_VALUES:
        raise InvalidInput(f"Give at most {MAX_VALUES} values for {name}.", name)
    return list(dict.fromkeys(values))


def _values(parameters: Parameters, name: str, field: Field) -> tuple[str, ...]:
    values = _list(parameters, name)
    if field is Field.STATE:
        return tuple(value.upper() for value in values)
    if field is Field.KIND:
        return tuple(_one_of(value, name, [kind.value for kind in Kind]) for value in values)
    if field in _YES_NO:
        return tuple(dict.fromkeys(_yes_no(value, name) for value in values))
    return tuple(values)


def _yes_no(value: str, name: str) -> str:
    folded = value.casefold()
    if folded in _YES:
        return "yes"
    if folded in _NO:
        return "no"
    raise InvalidInput(f"{name} is yes or no, not {value!r}.", name)


def _one_of(value: str, name: str, allowed: list[str]) -> str:
    if value not in allowed:
        raise InvalidInput(f"{name} is one of {', '.join(allowed)}, not {value!r}.", name)
    return value


def _choice(parameters: Parameters, name: str, kind: Callable[[str], Sort]) -> Sort | None:
    value = parameters.get(name, "").strip()
    return kind(_one_of(value, name, [item.value for item in Sort])) if value else None


def _field(name: str) -> Field:
    if name not in FILTERS:
        raise InvalidInput(f"include_unknown names a filter such as language, not {name!r}.", "include_unknown")
    return FILTERS[name]


def _number(parameters: Parameters, name: str, low: float, high: float) -> float | None:
    text = parameters.get(name, "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise InvalidInput(f"{name} is a number from {low:g} to {high:g}, not {text!r}.", name)
    return value


def _radius(parameters: Parameters) -> float | None:
    radius = _number(parameters, "radius_mi", 0, MAX_RADIUS_MILES)
    if radius == 0:
        raise InvalidInput("The radius must be more than 0 miles.", "radius_mi")
    return radius


def _limit(parameters: Parameters) -> int:
    text = parameters.get("limit", "").strip() or "20"
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:6]) <= MAX_LIMIT):
        raise InvalidInput(f"limit is a whole number from 1 to {MAX_LIMIT}, not {text!r}.", "limit")
    return int(text)
