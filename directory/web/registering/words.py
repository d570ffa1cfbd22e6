"""What a step's codes are called, and the summary of a draft: for the pages of a registration, in English."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from directory.domain.draft import ClinicDraft, ClinicKind, LocationDraft, PartnerDraft, PersonDraft, Step
from directory.domain.facts import Gender, Known
from directory.domain.place import STATES
from directory.vocabulary.vocabulary import Vocabulary

KINDS = {
    ClinicKind.SOLO: ("One practitioner", "One person sees patients here."),
    ClinicKind.ONE_ROOF: (
        "Several disciplines under one roof",
        "For example a physiatrist and physical therapists. Its badge needs confirmed people of two disciplines.",
    ),
    ClinicKind.NETWORK: (
        "Member of a referral network",
        "Separate clinics that refer patients to one another. The badge appears once a partner has confirmed.",
    ),
}
GENDERS = {Gender.UNKNOWN: "Not stated", Gender.FEMALE: "Female", Gender.MALE: "Male", Gender.NONBINARY: "Nonbinary"}
KNOWN = {Known.UNKNOWN: "Not stated", Known.YES: "Yes", Known.NO: "No"}


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Options:
    """What can be chosen in each list, in the order in which it is shown."""

    states: tuple[Option, ...]
    days: tuple[Option, ...]
    accessibility: tuple[Option, ...]
    credentials: tuple[Option, ...]
    age_groups: tuple[Option, ...]
    conditions: tuple[Option, ...]
    treatments: tuple[Option, ...]
    insurers: tuple[Option, ...]
    languages: tuple[Option, ...]


def options_of(vocabulary: Vocabulary) -> Options:
    return Options(
        states=tuple(Option(code, name) for code, name in sorted(STATES.items(), key=lambda item: item[1])),
        days=_named(vocabulary.days),
        accessibility=_named(vocabulary.accessibility),
        credentials=_named(vocabulary.credentials),
        age_groups=_named(vocabulary.age_groups),
        conditions=_by_name(vocabulary.conditions),
        treatments=_by_name(vocabulary.treatments),
        insurers=_by_name(vocabulary.insurers),
        languages=_by_name(vocabulary.languages),
    )


class Summary:
    """Everything that a draft states, as (label, value) lines per step: what is reviewed before it is submitted."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def of(
        self, draft: ClinicDraft, step: Step, names: Mapping[str, str] = MappingProxyType({})
    ) -> tuple[tuple[str, str], ...]:
        """Lines of one step. What was left empty is said to be so, never left out. `names`: NPI -> whose it is."""
        makers: Mapping[Step, Iterable[tuple[str, str]]] = {
            Step.CLINIC: self._clinic(draft),
            Step.LOCATIONS: self._each(draft.locations, "Location", self._location),
            Step.KIND: (("Kind", KINDS[draft.kind][0] if draft.kind else ""),),
            Step.PEOPLE: self._each(draft.people, "Person", lambda person: self._person(person, draft, names)),
            Step.CARE: self._care(draft),
            Step.PARTNERS: self._each(draft.partners, "Partner", _partner),
        }
        return tuple((label, value or "Not stated") for label, value in makers[step])

    def _each(self, items: Sequence[object], name: str, lines: object) -> Iterator[tuple[str, str]]:
        for number, item in enumerate(items, 1):
            label = f"{name} {number}: " if len(items) > 1 else ""
            yield from ((f"{label}{title}", value) for title, value in lines(item))  # type: ignore[operator]
        if not items:
            yield f"{name}s", "None"

    def _clinic(self, draft: ClinicDraft) -> Iterator[tuple[str, str]]:
        stated = draft.clinic
        yield from (("Name", stated.name), ("NPI", stated.npi), ("Website", stated.website))
        yield "E-mail (not shown)", stated.email

    def _location(self, place: LocationDraft) -> Iterator[tuple[str, str]]:
        yield "Address", address_line(place)
        yield "Phone", place.phone
        yield "Hours", place.hours
        yield "Open on", self._names(self._vocabulary.days, place.open_days)
        yield "Accessibility", self._names(self._vocabulary.accessibility, place.accessibility)
        if place.point is not None:
            yield "Position", f"{place.point.lat:.5f}, {place.point.lon:.5f} (corrected)"

    def _person(self, person: PersonDraft, draft: ClinicDraft, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        words = self._vocabulary
        yield "Name in the national registry", names.get(person.npi, "Not found there")
        yield "NPI", person.npi
        yield "Degree", person.credential
        yield "Board certification", " – ".join(filter(None, (person.board, person.board_evidence)))
        yield "Gender", "" if person.gender is Gender.UNKNOWN else GENDERS[person.gender]
        yield "Sees", self._names(words.age_groups, person.age_groups)
        yield "States that they treat", self._names(words.conditions, person.conditions)
        yield "States that they offer", self._names(words.treatments, person.treatments)
        at = [address_line(draft.locations[index]) for index in person.locations if index < len(draft.locations)]
        yield "Works at", "; ".join(at)

    def _care(self, draft: ClinicDraft) -> Iterator[tuple[str, str]]:
        care = draft.care
        yield "Insurance", self._names(self._vocabulary.insurers, care.insurance)
        yield "Languages", self._names(self._vocabulary.languages, care.languages)
        yield "Accepting new patients", "" if care.accepting is Known.UNKNOWN else KNOWN[care.accepting]
        yield "Telehealth", "" if care.telehealth is Known.UNKNOWN else KNOWN[care.telehealth]

    def _names(self, table: Mapping[str, object], codes: Iterable[str]) -> str:
        return ", ".join(str(getattr(table[code], "name", code)) if code in table else code for code in codes)


def address_line(place: LocationDraft) -> str:
    """ "1 Elm St, Chicago, IL 60614", as far as it was typed."""
    town = " ".join(filter(None, (place.state, place.zip)))
    return ", ".join(filter(None, (place.line, place.line2, place.city, town)))


def _partner(partner: PartnerDraft) -> Iterator[tuple[str, str]]:
    yield "Name", partner.name or partner.clinic_id
    yield "Invited at", "its own page" if partner.clinic_id else partner.email


def _named(table: Mapping[str, object]) -> tuple[Option, ...]:
    return tuple(Option(code, str(getattr(item, "name", code))) for code, item in table.items())


def _by_name(table: Mapping[str, object]) -> tuple[Option, ...]:
    return tuple(sorted(_named(table), key=lambda option: option.name.casefold()))
