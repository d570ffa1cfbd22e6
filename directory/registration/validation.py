"""What is wrong with a draft, step by step: where, and how to mend it. Nothing raises, nothing typed is changed."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import phonenumbers

from directory.domain.application import ApplicationKind
from directory.domain.draft import ClinicDraft, LocationDraft, PartnerDraft, PersonDraft, Step
from directory.domain.errors import InvalidInput
from directory.domain.npi import npi
from directory.domain.place import STATES
from directory.registration.register import checked_reply_to, checked_text
from directory.vocabulary.vocabulary import Vocabulary

MAX_NAME, MAX_LINE, MAX_URL, MAX_HOURS, MAX_EVIDENCE = 150, 100, 300, 300, 500
MAX_LOCATIONS, MAX_PEOPLE, MAX_PARTNERS, MAX_CHOICES = 30, 200, 50, 60
MAX_WHY = 2_000
"""Characters of a reason for a move."""
_ZIP = re.compile(r"[0-9]{5}", re.ASCII)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Problem:
    """`field` is the input within the step ("phone" of "0" in locations is "0.phone"), empty for the whole step."""

    step: Step
    field: str
    message: str


STEPS: Mapping[ApplicationKind, tuple[Step, ...]] = {
    ApplicationKind.CLINIC: tuple(Step),
    ApplicationKind.PRACTITIONER: (Step.LOCATIONS, Step.PEOPLE, Step.CARE),
}
"""The steps that each kind of application has."""
_Found = Iterator[tuple[str, str]]


class Validation:
    """Checks drafts against the vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._checks: Mapping[Step, Callable[[ClinicDraft], _Found]] = {
            Step.CLINIC: self._clinic,
            Step.LOCATIONS: self._locations,
            Step.KIND: self._kind,
            Step.PEOPLE: self._people,
            Step.CARE: self._care,
            Step.PARTNERS: self._partners,
        }

    def problems(self, kind: ApplicationKind, draft: ClinicDraft, step: Step | None = None) -> tuple[Problem, ...]:
        """Problems of one step, or of all steps of this kind of application in their order."""
        steps = STEPS[kind] if step is None else (step,)
        return tuple(Problem(item, *found) for item in steps for found in self._checks[item](draft))

    def _clinic(self, draft: ClinicDraft) -> _Found:
        stated = draft.clinic
        if stated.npi:
            yield from _refusal("npi", lambda: npi(stated.npi))
        if not stated.name.strip():
            yield "name", "Give the clinic's name as patients know it."
        yield from _text(stated.name, "name", MAX_NAME)
        yield from _website(stated.website)
        if not stated.email.strip():
            yield "email", "Give an e-mail address of the clinic, such as office@example.org."
        yield from _email(stated.email, "email")

    def _locations(self, draft: ClinicDraft) -> _Found:
        if not draft.locations:
            yield "", "Add at least one location."
        if len(draft.locations) > MAX_LOCATIONS:
            yield "", f"Add at most {MAX_LOCATIONS} locations."
        for index, place in enumerate(draft.locations[:MAX_LOCATIONS]):
            yield from _under(index, self._location(place))

    def _location(self, place: LocationDraft) -> _Found:
        for field, value in (("line", place.line), ("city", place.city)):
            if not value.strip():
                yield field, f"Give the {'street and number' if field == 'line' else 'city'}."
        for field in ("line", "line2", "city"):
            yield from _text(getattr(place, field), field, MAX_LINE)
        if place.state not in STATES:
            yield "state", "Choose the state."
        if not _ZIP.fullmatch(place.zip):
            yield "zip", "Give the ZIP code as five digits, for example 60614."
        if not e164(place.phone):
            yield "phone", "Give a US phone number with its area code and without extension, for example 312-555-0100."
        yield from _text(place.hours, "hours", MAX_HOURS, lines=True)
        yield from _codes(place.open_days, "open_days", self._vocabulary.days)
        yield from _codes(place.accessibility, "accessibility", self._vocabulary.accessibility)

    def _kind(self, draft: ClinicDraft) -> _Found:
        if draft.kind is None:
            yield "kind", "Choose what describes the clinic best."

    def _people(self, draft: ClinicDraft) -> _Found:
        if not draft.people:
            yield "", "Add at least one person by their NPI."
        if len(draft.people) > MAX_PEOPLE:
            yield "", f"Add at most {MAX_PEOPLE} people."
        seen = set[str]()
        for index, person in enumerate(draft.people[:MAX_PEOPLE]):
            yield from _under(index, self._person(person, len(draft.locations)))
            if person.npi in seen:
                yield f"{index}.npi", "This person is in the list already: remove one of the two."
            seen.add(person.npi)

    def _person(self, person: PersonDraft, locations: int) -> _Found:
        words = self._vocabulary
        yield from _refusal("npi", lambda: npi(person.npi))
        if person.credential and not set(person.credential.split(", ")) <= words.credentials.keys():
            yield "credential", "Choose the degree from the list."
        yield from _text(person.board, "board", MAX_NAME)
        yield from _text(person.board_evidence, "board_evidence", MAX_EVIDENCE, lines=True)
        if person.board.strip() and not person.board_evidence.strip():
            yield "board_evidence", "Say where the board certification can be checked, or leave the board empty."
        yield from _codes(person.age_groups, "age_groups", words.age_groups)
        yield from _codes(person.conditions, "conditions", words.conditions)
        yield from _codes(person.treatments, "treatments", words.treatments)
        if not person.locations or not all(0 <= place < locations for place in person.locations):
            yield "locations", "Choose at least one of the locations where this person sees patients."

    def _care(self, draft: ClinicDraft) -> _Found:
        yield from _codes(draft.care.insurance, "insurance", self._vocabulary.insurers)
        yield from _codes(draft.care.languages, "languages", self._vocabulary.languages)

    def _partners(self, draft: ClinicDraft) -> _Found:
        if len(draft.partners) > MAX_PARTNERS:
            yield "", f"Invite at most {MAX_PARTNERS} partners at once."
        for index, partner in enumerate(draft.partners[:MAX_PARTNERS]):
            yield from _under(index, _partner(partner))


def _partner(partner: PartnerDraft) -> _Found:
    if partner.clinic_id:
        return
    if not partner.name.strip():
        yield "name", "Give the partner's name, or choose it from the directory."
    yield from _text(partner.name, "name", MAX_NAME)
    if not partner.email.strip():
        yield "email", "Give an e-mail address, so that the partner can confirm."
    yield from _email(partner.email, "email")


def e164(text: str) -> str:
    """A US phone number as +13125550100, or "" where it is none that could be called, or one with an extension."""
    try:
        parsed = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return ""
    if parsed.country_code != 1 or parsed.extension or not phonenumbers.is_possible_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def website(text: str) -> str:
    """An address of the web as https://host/path, or "" where it is none. Nothing is ever fetched."""
    typed = text.strip()
    try:
        parts = urlsplit(typed if "://" in typed else f"https://{typed}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or port or not _HOST.fullmatch(host):
        return ""
    return parts.geturl() if parts.geturl().isprintable() and " " not in typed else ""


def _website(text: str) -> _Found:
    yield from _text(text, "website", MAX_URL)
    if text.strip() and not website(text):
        yield "website", "Give the address of the website, such as https://example.org, or leave it empty."


def _email(text: str, field: str) -> _Found:
    try:
        checked_reply_to(text)
    except InvalidInput as refused:
        yield field, str(refused)


def _text(text: str, field: str, limit: int, *, lines: bool = False) -> _Found:
    yield from _refusal(field, lambda: checked_text(text, field, limit, lines=lines))


def _refusal(field: str, check: Callable[[], str]) -> _Found:
    try:
        check()
    except InvalidInput as refused:
        yield field, str(refused)


def _codes(chosen: Collection[str], field: str, known: Collection[str]) -> _Found:
    if len(chosen) > MAX_CHOICES or any(code not in known for code in chosen):
        yield field, "Choose from the list."


def _under(index: int, found: _Found) -> _Found:
    for field, message in found:
        yield f"{index}.{field}", message
