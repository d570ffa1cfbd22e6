"""Writes records as JSON: fields of the domain, without those that have their default, dates as days."""

import dataclasses
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from directory.domain.practitioner import Location
from seed_data.checks import LOAD_DAY
from seed_data.dataset import InventedClinic, InventedLink, InventedPractitioner, Reason

Json = dict[str, Any]


def practitioner(invented: InventedPractitioner) -> Json:
    """Return a line of practitioners.json."""
    roles = []
    for role in invented.roles:
        encoded = _marked(_fields(role), invented.role_reasons.get(role.id))
        for of_the_whole in ("npi", "clinic_name"):
            encoded.pop(of_the_whole, None)
        roles.append(encoded)
    return _marked(_record(invented.practitioner, invented.area) | {"roles": roles}, invented.reason)


def clinic(invented: InventedClinic) -> Json:
    """Return a line of clinics.json."""
    sites = [_marked(_fields(site), invented.site_reasons.get(site.location.id)) for site in invented.sites]
    return _marked(_record(invented.clinic, invented.area) | {"sites": sites}, invented.reason)


def link(invented: InventedLink) -> Json:
    """Return a line of links.json."""
    return _marked(_fields(invented.link) | {"demonstration": True}, invented.reason)


def array(records: Iterable[Json]) -> str:
    """Return a JSON array with a record a line."""
    lines = (json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in records)
    return "[\n" + ",\n".join(lines) + "\n]\n"


def _record(value: Any, area: str) -> Json:
    return _fields(value) | {"demonstration": True, "area": area}


def _marked(record: Json, reason: Reason | None) -> Json:
    return record if reason is None else record | {"must_not_be_found": reason.value}


def _fields(value: Any) -> Json:
    fields: Json = {}
    for field in dataclasses.fields(value):
        held = getattr(value, field.name)
        if held != field.default and not (isinstance(value, Location) and field.name == "id"):
            fields |= _field(field.name, held)
    return fields


def _field(name: str, value: Any) -> Json:
    if value is None:
        return {}
    if isinstance(value, date):
        days = (value - LOAD_DAY).days
        return {"expires_in_days": days} if name == "expires_on" else {name.removesuffix("_on") + "_days_ago": -days}
    return {name: _value(value)}


def _value(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return _fields(value)
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    return value
