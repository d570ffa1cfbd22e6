"""What an applicant states about a clinic, step by step, as it was typed: a draft may hold what is not valid yet."""

from dataclasses import dataclass
from enum import StrEnum

from directory.domain.facts import Gender, Known
from directory.domain.place import Address, Point


class Step(StrEnum):
    """The steps of a registration, in the order in which they are shown; review and submit follow the last."""

    CLINIC = "clinic"
    LOCATIONS = "locations"
    KIND = "kind"
    PEOPLE = "people"
    CARE = "care"
    PARTNERS = "partners"


class ClinicKind(StrEnum):
    """How a clinic describes itself. It earns no badge: those are computed from confirmed roles and links."""

    SOLO = "solo"
    ONE_ROOF = "one_roof"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class ClinicStep:
    """The clinic itself. `npi` is ten digits or empty, `email` is shown to nobody but reviewers."""

    npi: str = ""
    name: str = ""
    website: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class LocationDraft:
    """One place of care. `point` is where the applicant put the pin; None where the computed position is right."""

    line: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    phone: str = ""
    hours: str = ""
    open_days: tuple[str, ...] = ()
    accessibility: tuple[str, ...] = ()
    point: Point | None = None

    @property
    def address(self) -> Address:
        return Address(self.line, self.city, self.state, self.zip, self.line2)


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """Somebody said to work there; only a confirmed role counts. `locations` are indices into the draft's locations.

    `credential` is the degree; `board` the certifying board, `board_evidence` where that can be checked. `gender` and
    `age_groups` are stated where they wish. `conditions` and `treatments` are what they state that they treat.
    """

    npi: str = ""
    credential: str = ""
    board: str = ""
    board_evidence: str = ""
    gender: Gender = Gender.UNKNOWN
    age_groups: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    treatments: tuple[str, ...] = ()
    locations: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class CareStep:
    """What holds for all of its locations. Codes are those of the vocabulary; empty means unknown, never none."""

    insurance: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    accepting: Known = Known.UNKNOWN
    telehealth: Known = Known.UNKNOWN


@dataclass(frozen=True, slots=True)
class PartnerDraft:
    """A clinic to be invited: `clinic_id` where the directory holds it, else its name and an e-mail address."""

    clinic_id: str = ""
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class ClinicDraft:
    """All steps together. For a practitioner's own listing `people` holds just them and `clinic` only a website."""

    clinic: ClinicStep = ClinicStep()
    locations: tuple[LocationDraft, ...] = ()
    kind: ClinicKind | None = None
    people: tuple[PersonDraft, ...] = ()
    care: CareStep = CareStep()
    partners: tuple[PartnerDraft, ...] = ()


StepContent = (
    ClinicStep | tuple[LocationDraft, ...] | ClinicKind | tuple[PersonDraft, ...] | CareStep | tuple[PartnerDraft, ...]
)
"""What one step holds, in the order of `Step`."""
