"""Drafts as JSON, and back. What is missing or of another kind reads as not stated: an old draft is never lost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import Any, TypeVar

from directory.domain.draft import (
    CareStep,
    ClinicDraft,
    ClinicKind,
    ClinicStep,
    LocationDraft,
    PartnerDraft,
    PersonDraft,
)
from directory.domain.facts import Gender, Known
from directory.domain.place import Point

Stored = Mapping[str, Any]
_Code = TypeVar("_Code", bound=StrEnum)
_Part = TypeVar("_Part")


def draft_values(draft: ClinicDraft) -> dict[str, Any]:
    """The draft as JSON, without what no keyboard types and PostgreSQL does not keep: zero bytes, half characters."""
    return {name: _kept(value) for name, value in asdict(draft).items()}


def _kept(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "ignore").decode().replace("\0", "")
    if isinstance(value, dict):
        return {name: _kept(item) for name, item in value.items()}
    return [_kept(item) for item in value] if isinstance(value, list | tuple) else value


def draft_of(stored: Stored) -> ClinicDraft:
    clinic, care = stored.get("clinic") or {}, stored.get("care") or {}
    return ClinicDraft(
        clinic=ClinicStep(*_texts(clinic, "npi", "name", "website", "email")),
        locations=_each(stored, "locations", _location),
        kind=_code(ClinicKind, stored.get("kind"), None),
        people=_each(stored, "people", _person),
        care=CareStep(
            insurance=_list(care, "insurance"),
            languages=_list(care, "languages"),
            accepting=_code(Known, care.get("accepting"), Known.UNKNOWN) or Known.UNKNOWN,
            telehealth=_code(Known, care.get("telehealth"), Known.UNKNOWN) or Known.UNKNOWN,
        ),
        partners=_each(stored, "partners", lambda item: PartnerDraft(*_texts(item, "clinic_id", "name", "email"))),
    )


def _location(item: Stored) -> LocationDraft:
    point = item.get("point")
    line, line2, city, state, zip_code, phone, hours = _texts(
        item, "line", "line2", "city", "state", "zip", "phone", "hours"
    )
    return LocationDraft(
        line=line,
        line2=line2,
        city=city,
        state=state,
        zip=zip_code,
        phone=phone,
        hours=hours,
        open_days=_list(item, "open_days"),
        accessibility=_list(item, "accessibility"),
        point=Point(point["lat"], point["lon"]) if point else None,
    )


def _person(item: Stored) -> PersonDraft:
    npi, credential, board, board_evidence = _texts(item, "npi", "credential", "board", "board_evidence")
    return PersonDraft(
        npi=npi,
        credential=credential,
        board=board,
        board_evidence=board_evidence,
        gender=_code(Gender, item.get("gender"), Gender.UNKNOWN) or Gender.UNKNOWN,
        age_groups=_list(item, "age_groups"),
        conditions=_list(item, "conditions"),
        treatments=_list(item, "treatments"),
        locations=tuple(int(place) for place in item.get("locations", ())),
    )


def _each(stored: Stored, name: str, make: Callable[[Stored], _Part]) -> tuple[_Part, ...]:
    return tuple(make(item) for item in stored.get(name) or ())


def _texts(stored: Stored, *names: str) -> Sequence[str]:
    return [str(stored.get(name) or "") for name in names]


def _list(stored: Stored, name: str) -> tuple[str, ...]:
    return tuple(stored.get(name) or ())


def _code(kind: type[_Code], value: Any, otherwise: _Code | None) -> _Code | None:
    return kind(value) if value in list(kind) else otherwise
