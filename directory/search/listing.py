"""The searchable document: one practitioner at one location, or one clinic at one location."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import msgspec

from directory.domain.evidence import Level
from directory.domain.facts import NOTHING_STATED, CareFacts, Endpoint
from directory.domain.place import Address, Point, Precision

SHAPE = 2
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
    SCOPE = "scope"

    # As its text has it: the one of Enum is a function in Python, and every listing asks for dozens.
    __hash__ = str.__hash__


OPEN_FIELDS = frozenset({Field.NPI, Field.CLINIC, Field.ADDRESS, Field.NETWORK, Field.PARTNER})
"""Fields whose tokens grow with the data (identifiers): they filter and exclude, but are never counted."""
FACETS = tuple(item for item in Field if item not in OPEN_FIELDS)
OFFERED = tuple(item for item in FACETS if item is not Field.SCOPE)
"""The facets that a search counts unless told otherwise."""
OTHER_SPECIALTY = "other_specialty"
"""Token of the scope, note of the evidence and code of the notice of whoever has no specialty of this directory, and
is listed from a registry that was loaded whole: found by name only."""


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
    endpoints: tuple[Endpoint, ...] = ()
    notices: tuple[str, ...] = ()
    """Codes of caveats the card must state: `spine_practice_not_confirmed`, `old_registry_file`,
    `demonstration`, `licence_not_checked`, `other_specialty`."""


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
        """The listing as JSON in UTF-8, equal for equal listings; `decode` reads it back.

        Raises UnicodeEncodeError for text that is not Unicode (lone surrogates).
        """
        return _ENCODER.encode(self)

    @staticmethod
    def decode(data: bytes | str | memoryview) -> "Listing":
        """The listing that `encoded` wrote. Raises ValueError for anything else."""
        try:
            return _DECODER.decode(data)
        except msgspec.MsgspecError as error:
            raise ValueError(f"not a listing: {error}") from error


_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(Listing)
