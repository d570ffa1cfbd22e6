"""The searchable document: one practitioner at one location, or one clinic at one location."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Self

import orjson

from directory.domain.evidence import Level
from directory.domain.facts import NOTHING_STATED, CareFacts, Known
from directory.domain.place import Address, Point, Precision

SHAPE = 1
"""Version of the document's shape; part of a generation's fingerprint."""
UNKNOWN = "unknown"
"""The token of a fact that nobody has stated. A filter does not match it unless asked to."""


class Kind(StrEnum):
    PRACTITIONER = "practitioner"
    CLINIC = "clinic"


class Field(StrEnum):
    """The closed table of fields that can be filtered, excluded, boosted and counted.

    Each holds a set of tokens; a listing matches `any_of` when the sets meet.
    """

    KIND = "kind"
    STATE = "state"
    LEVEL = "level"
    SPECIALTY = "specialty"
    SPECIALTY_CONFIRMED = "specialty_confirmed"
    CONDITION = "condition"
    CONDITION_STATED = "condition_stated"
    CONDITION_USUAL = "condition_usual"
    TREATMENT = "treatment"
    CLINIC_MODEL = "clinic_model"
    ACCEPTING = "accepting_new_patients"
    TELEHEALTH = "telehealth"
    LANGUAGE = "language"
    INSURANCE = "insurance"
    GENDER = "gender"
    ACCESSIBILITY = "accessibility"
    CREDENTIAL = "credential"
    BOARD_CERTIFIED = "board_certified"
    AGE_GROUP = "age_group"
    OPEN_DAY = "open_days"
    NPI = "npi"
    CLINIC = "clinic"
    ADDRESS = "address"
    NETWORK = "network"
    PARTNER = "partner"


_FIELDS = {item.value: item for item in Field}
"""Decoding looks fields up here: calling an enumeration costs several times as much, and every hit has twenty."""
OPEN_FIELDS = frozenset({Field.NPI, Field.CLINIC, Field.ADDRESS, Field.NETWORK, Field.PARTNER})
"""Fields whose tokens grow with the data (identifiers): they filter and exclude, but are never counted."""
FACETS = tuple(item for item in Field if item not in OPEN_FIELDS)


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One line of "how this was verified", as a card shows it."""

    level: Level
    what: str
    source: str
    checked_on: date
    expires_on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose role at this clinic and location is confirmed."""

    npi: str
    name: str
    credential: str
    specialties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another listing of the same practitioner or clinic."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class PartnerClinic:
    """A clinic with which referral was confirmed by both sides. `point` is None where it is not placed."""

    clinic_id: str
    name: str
    city: str
    state: str
    disciplines: tuple[str, ...]
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """What is shown and never searched. Facts that nobody stated are empty or `unknown`, and shown as unknown."""

    address: Address
    phone: str = ""
    website: str = ""
    credential: str = ""
    clinic_id: str = ""
    clinic_name: str = ""
    facts: CareFacts = NOTHING_STATED
    taxonomies: tuple[str, ...] = ()
    evidence: tuple[EvidenceLine, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    people: tuple[Person, ...] = ()
    disciplines: tuple[str, ...] = ()
    partners: tuple[PartnerClinic, ...] = ()
    notices: tuple[str, ...] = ()
    """Codes of caveats the card must state: `spine_practice_not_confirmed`, `old_registry_file`,
    `demonstration`, `licence_not_checked`."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One searchable document.

    `id` is `<subject>.<location id>`, ASCII; `subject` is `p<NPI>` or `c<clinic id>`. `version` grows with every
    change of the record. `point` is as an index stores it (`domain.place.stored`). A listing is found while
    `expires_on` is later than the query's day. `tokens` holds, per field, the tokens that match.
    """

    id: str
    kind: Kind
    npi: str
    name: str
    sort_name: str
    version: int
    checked_on: date
    expires_on: date
    card: Card
    point: Point | None = None
    precision: Precision = Precision.NONE
    tokens: Mapping[Field, tuple[str, ...]] = field(default_factory=dict)
    name_words: tuple[str, ...] = ()
    text_words: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        return self.id.partition(".")[0]

    def values(self, of: Field) -> tuple[str, ...]:
        """Tokens of a field, sorted; empty where it has none."""
        return self.tokens.get(of, ())

    def encoded(self) -> bytes:
        """The listing as JSON in UTF-8, equal for equal listings; `decode` reads it back."""
        return orjson.dumps(self, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)

    @classmethod
    def decode(cls, data: bytes | str) -> Self:
        """The listing that `encoded` wrote."""
        return cls._from(orjson.loads(data))

    @classmethod
    def _from(cls, raw: dict[str, Any]) -> Self:
        return cls(
            id=raw["id"],
            kind=Kind(raw["kind"]),
            npi=raw["npi"],
            name=raw["name"],
            sort_name=raw["sort_name"],
            version=raw["version"],
            checked_on=date.fromisoformat(raw["checked_on"]),
            expires_on=date.fromisoformat(raw["expires_on"]),
            card=_card(raw["card"]),
            point=_point(raw["point"]),
            precision=Precision(raw["precision"]),
            tokens={_FIELDS[key]: tuple(values) for key, values in raw["tokens"].items()},
            name_words=tuple(raw["name_words"]),
            text_words=tuple(raw["text_words"]),
        )


def _point(raw: dict[str, float] | None) -> Point | None:
    return None if raw is None else Point(raw["lat"], raw["lon"])


def _evidence(raw: dict[str, Any]) -> EvidenceLine:
    dates = {key: date.fromisoformat(raw[key]) for key in ("checked_on", "expires_on")}
    return EvidenceLine(**{**raw, **dates, "level": Level(raw["level"])})


def _facts(raw: dict[str, Any]) -> CareFacts:
    return CareFacts(
        accepting_new_patients=Known(raw["accepting_new_patients"]),
        telehealth=Known(raw["telehealth"]),
        board_certified=Known(raw["board_certified"]),
        languages=tuple(raw["languages"]),
        insurance=tuple(raw["insurance"]),
        accessibility=tuple(raw["accessibility"]),
        conditions=tuple(raw["conditions"]),
        treatments=tuple(raw["treatments"]),
        age_groups=tuple(raw["age_groups"]),
        open_days=tuple(raw["open_days"]),
        hours=raw["hours"],
    )


def _card(raw: dict[str, Any]) -> Card:
    return Card(
        address=Address(**raw["address"]),
        phone=raw["phone"],
        website=raw["website"],
        credential=raw["credential"],
        clinic_id=raw["clinic_id"],
        clinic_name=raw["clinic_name"],
        facts=_facts(raw["facts"]),
        taxonomies=tuple(raw["taxonomies"]),
        evidence=tuple(_evidence(item) for item in raw["evidence"]),
        elsewhere=tuple(Elsewhere(**item) for item in raw["elsewhere"]),
        people=tuple(Person(**{**item, "specialties": tuple(item["specialties"])}) for item in raw["people"]),
        disciplines=tuple(raw["disciplines"]),
        partners=tuple(_partner(item) for item in raw["partners"]),
        notices=tuple(raw["notices"]),
    )


def _partner(raw: dict[str, Any]) -> PartnerClinic:
    return PartnerClinic(**{**raw, "disciplines": tuple(raw["disciplines"]), "point": _point(raw["point"])})
