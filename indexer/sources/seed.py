"""The demonstration data (seed_data/*.json) as records; the format is described in seed_data/README.md.

Dates in the files are days before or after the day of loading, so that a demonstration does not age.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import orjson

from directory.domain.address import location_id
from directory.domain.clinic import Clinic, ReferralLink, Site
from directory.domain.errors import InvalidInput
from directory.domain.evidence import Evidence, Level
from directory.domain.facts import CareFacts, Contact, Gender, Known
from directory.domain.place import Address, Point, Position, Precision
from directory.domain.practitioner import Location, PersonName, Practitioner, Role
from directory.registration.loading import ClinicEntry, PractitionerEntry

FILES = ("practitioners.json", "clinics.json", "links.json")
_NOT_LOADED = {"demonstration", "area", "must_not_be_found"}
Raw = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Seed:
    """Everything in the files as of one day; `sha256` (hex) is of the files together."""

    practitioners: tuple[PractitionerEntry, ...]
    clinics: tuple[ClinicEntry, ...]
    links: tuple[ReferralLink, ...]
    sha256: str


def read_seed(folder: Path, today: date) -> Seed:
    """Raises InvalidInput, naming file and record, for what is missing, unknown or not marked as demonstration."""
    contents = [_content(folder / name) for name in FILES]
    dates = _Dates(today)
    clinics = _each(contents[1], FILES[1], dates.clinic)
    names = {entry.clinic.id: entry.clinic.name for entry in clinics}
    return Seed(
        practitioners=_each(contents[0], FILES[0], lambda raw: dates.practitioner(raw, names)),
        clinics=clinics,
        links=_each(contents[2], FILES[2], dates.link),
        sha256=hashlib.sha256(b"".join(contents)).hexdigest(),
    )


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}. Say with --from where the demonstration data is."
        raise InvalidInput(message, field="from") from error


def _each(content: bytes, name: str, make: Callable[[Raw], T]) -> tuple[T, ...]:
    made = []
    for place, raw in enumerate(_array(content, name), 1):
        try:
            if raw["demonstration"] is not True:
                raise ValueError("it is not marked as demonstration")
            made.append(make(raw))
        except (KeyError, ValueError, TypeError, InvalidInput) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise InvalidInput(f"{name}, record {place}: {reason}.", field="from") from error
    return tuple(made)


def _array(content: bytes, name: str) -> list[dict[str, Any]]:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise InvalidInput(f"{name} is not JSON: {error}.", field="from") from error
    if not isinstance(found, list):
        raise InvalidInput(f"{name} is not an array of records.", field="from")
    return found


def _known(raw: Raw, *names: str) -> Raw:
    """The record, whose fields are all among `names`: a misspelt field must not go unseen."""
    unknown = raw.keys() - set(names) - _NOT_LOADED
    if unknown:
        raise ValueError(f"unknown field {', '.join(sorted(unknown))}")
    return raw


@dataclass(frozen=True, slots=True)
class _Dates:
    """Makes records whose dates count from `today`."""

    today: date

    def _ago(self, raw: Raw, name: str) -> date | None:
        days = raw.get(f"{name}_days_ago")
        return None if days is None else self.today - timedelta(days=days)

    def practitioner(self, raw: Raw, clinic_names: Mapping[str, str]) -> PractitionerEntry:
        _known(raw, "npi", "name", "taxonomies", "credential", "gender", "other_names", "deactivated_days_ago",
               "hidden", "roles")  # fmt: skip
        person = Practitioner(
            npi=raw["npi"],
            name=PersonName(**raw["name"]),
            taxonomies=tuple(raw["taxonomies"]),
            credential=raw.get("credential", ""),
            gender=Gender(raw.get("gender", Gender.UNKNOWN)),
            other_names=tuple(raw.get("other_names", ())),
            deactivated_on=self._ago(raw, "deactivated"),
            hidden=raw.get("hidden", False),
        )
        return PractitionerEntry(person, tuple(self._role(role, raw["npi"], clinic_names) for role in raw["roles"]))

    def _role(self, raw: Raw, npi: str, clinic_names: Mapping[str, str]) -> Role:
        _known(raw, "id", "location", "clinic_id", "confirmed_days_ago", "contact", "facts", "evidence")
        clinic_id = raw.get("clinic_id")
        return Role(
            id=raw["id"],
            npi=npi,
            location=_location(raw["location"]),
            evidence=self._evidence(raw),
            clinic_id=clinic_id,
            clinic_name=clinic_names[clinic_id] if clinic_id else "",
            contact=Contact(**raw.get("contact", {})),
            facts=_facts(raw.get("facts", {})),
            confirmed_on=self._ago(raw, "confirmed"),
        )

    def clinic(self, raw: Raw) -> ClinicEntry:
        _known(raw, "id", "name", "npi", "taxonomies", "other_names", "deactivated_days_ago", "hidden", "sites")
        made = Clinic(
            id=raw["id"],
            name=raw["name"],
            npi=raw.get("npi"),
            taxonomies=tuple(raw.get("taxonomies", ())),
            other_names=tuple(raw.get("other_names", ())),
            deactivated_on=self._ago(raw, "deactivated"),
            hidden=raw.get("hidden", False),
        )
        return ClinicEntry(made, tuple(map(self._site, raw["sites"])))

    def _site(self, raw: Raw) -> Site:
        _known(raw, "location", "contact", "facts", "evidence")
        return Site(
            location=_location(raw["location"]),
            evidence=self._evidence(raw),
            contact=Contact(**raw.get("contact", {})),
            facts=_facts(raw.get("facts", {})),
        )

    def _evidence(self, raw: Raw) -> tuple[Evidence, ...]:
        return tuple(map(self._check, raw.get("evidence", ())))

    def _check(self, raw: Raw) -> Evidence:
        _known(raw, "level", "what", "source", "checked_days_ago", "expires_in_days", "note")
        return Evidence(
            level=Level(raw["level"]),
            what=raw["what"],
            source=raw["source"],
            checked_on=self.today - timedelta(days=raw["checked_days_ago"]),
            expires_on=self.today + timedelta(days=raw["expires_in_days"]),
            note=raw.get("note", ""),
        )

    def link(self, raw: Raw) -> ReferralLink:
        _known(raw, "clinic_id", "partner_id", "confirmed_by_clinic_days_ago", "confirmed_by_partner_days_ago",
               "ended_days_ago")  # fmt: skip
        return ReferralLink(
            clinic_id=raw["clinic_id"],
            partner_id=raw["partner_id"],
            confirmed_by_clinic_on=self._ago(raw, "confirmed_by_clinic"),
            confirmed_by_partner_on=self._ago(raw, "confirmed_by_partner"),
            ended_on=self._ago(raw, "ended"),
        )


def _location(raw: Raw) -> Location:
    _known(raw, "address", "position")
    address = Address(**raw["address"])
    place = _known(raw["position"], "point", "precision", "source")
    point = Point(**place["point"]) if place.get("point") else None
    return Location(
        location_id(address), address, Position(point, Precision(place["precision"]), place.get("source", ""))
    )


_FACTS_KNOWN = ("accepting_new_patients", "telehealth", "board_certified")


def _facts(raw: Raw) -> CareFacts:
    known = {name: Known(value) for name, value in raw.items() if name in _FACTS_KNOWN}
    lists = {name: tuple(value) for name, value in raw.items() if isinstance(value, list)}
    return CareFacts(**{**raw, **known, **lists})
