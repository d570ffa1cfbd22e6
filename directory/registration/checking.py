"""Automatic evidence about a submitted draft: what was checked, against what, with what result. Nothing is fetched."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

import phonenumbers

from directory.domain.address import location_id
from directory.domain.application import Application, ApplicationKind
from directory.domain.draft import ClinicDraft, LocationDraft, PersonDraft
from directory.domain.npi import is_valid_npi
from directory.domain.place import Address
from directory.registration.applications import (
    Check,
    CheckKind,
    CheckResult,
    Exclusion,
    Exclusions,
    Registry,
    RegistryFacts,
)
from directory.registration.validation import e164, website
from directory.search.fold import query_words
from directory.search.places import Positions
from directory.vocabulary.vocabulary import Vocabulary

HOLDS_DAYS = 30
"""How long a check against a list that changes monthly says anything."""
NAME_ENOUGH = 0.6
_REGISTRY, _OIG, _NUMBERING = "NPPES", "OIG LEIE", "Numbering plan"
_LEGAL_FORMS = frozenset(
    ["co", "corp", "inc", "llc", "llp", "lp", "ltd", "md", "pa", "pc", "pllc", "plc", "the", "and", "of"]
)
_FREE_MAIL = frozenset({"aol.com", "gmail.com", "hotmail.com", "icloud.com", "outlook.com", "proton.me", "yahoo.com"})
_SUBSCRIBER = {
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.VOIP,
}
_Result = tuple[CheckKind, str, CheckResult, str, str]


@dataclass(frozen=True, slots=True)
class Checking:
    """Runs every check that needs no person."""

    registry: Registry
    exclusions: Exclusions
    positions: Positions
    vocabulary: Vocabulary

    def checks(self, application: Application, today: date) -> tuple[Check, ...]:
        """All evidence about the draft, in the order of its parts. Raises RecordsUnavailable."""
        until = today + timedelta(days=HOLDS_DAYS)
        return tuple(Check(about, *result, today, until) for about, result in self._results(application))

    def _results(self, application: Application) -> Iterator[tuple[str, _Result]]:
        draft = application.draft
        listed = self.exclusions.of_npis(npis_of(draft))
        if application.kind is ApplicationKind.CLINIC:
            yield from (("clinic", result) for result in self._clinic(application, listed))
        for index, place in enumerate(draft.locations):
            yield from ((f"locations.{index}", result) for result in self._location(place))
        for index, person in enumerate(draft.people):
            yield from ((f"people.{index}", result) for result in self._person(person, draft, listed))

    def _clinic(self, application: Application, listed: Mapping[str, Exclusion]) -> Iterator[_Result]:
        stated = application.draft.clinic
        facts = self.registry.facts(stated.npi) if stated.npi else None
        if stated.npi:
            yield from _number(stated.npi, facts, organization=True)
        if facts is not None:
            yield from self._registered(facts, stated.name, "", application.draft.locations)
        yield _domains(stated.email, stated.website)
        yield self._duplicates(application)
        yield self._exclusion(stated.npi, stated.name, listed)

    def _person(self, person: PersonDraft, draft: ClinicDraft, listed: Mapping[str, Exclusion]) -> Iterator[_Result]:
        facts = self.registry.facts(person.npi)
        places = [draft.locations[index] for index in person.locations if index < len(draft.locations)]
        yield from _number(person.npi, facts, organization=False)
        if facts is not None:
            yield from self._registered(facts, "", person.credential, places)
        yield self._exclusion(person.npi, facts.name if facts else "", listed)

    def _registered(
        self, facts: RegistryFacts, name: str, credential: str, places: tuple[LocationDraft, ...] | list[LocationDraft]
    ) -> Iterator[_Result]:
        active = CheckResult.PASSED if facts.active else CheckResult.FAILED
        yield CheckKind.ACTIVE, _REGISTRY, active, "", "active" if facts.active else "deactivated"
        if name:
            names = (facts.name, *facts.other_names)
            close = max(name_similarity(name, other) for other in names) >= NAME_ENOUGH
            yield CheckKind.NAME, _REGISTRY, _passed(close), name, facts.name
        ours = [code for code in facts.taxonomies if code in self.vocabulary.taxonomies]
        shown = ", ".join(self.vocabulary.taxonomies[code].name for code in ours)
        yield CheckKind.TAXONOMY, _REGISTRY, _passed(bool(ours)), credential, shown
        if facts.address is not None:
            yield _same_address(facts.address, [place.address for place in places])

    def _location(self, place: LocationDraft) -> Iterator[_Result]:
        found = self.positions.place(place.address)
        result = _passed(found.position.point is not None)
        if found.quarantined or (place.point and not self.positions.in_state(place.point, place.state)):
            result = CheckResult.FAILED
        yield CheckKind.IN_STATE, found.position.source or "Gazetteer", result, place.state, found.reason
        yield _phone(place.phone)

    def _duplicates(self, application: Application) -> _Result:
        stated = application.draft.clinic
        addresses = [place.address for place in application.draft.locations]
        found = self.registry.duplicates(stated.npi, stated.name, addresses)
        others = [item for item in found if item.subject != application.subject]
        shown = "; ".join(f"{item.name} ({item.subject})" for item in others)
        return CheckKind.DUPLICATE, "Directory", _passed(not others), stated.name, shown

    def _exclusion(self, npi: str, name: str, listed: Mapping[str, Exclusion]) -> _Result:
        if npi in listed:
            return CheckKind.EXCLUDED, _OIG, CheckResult.FAILED, npi, f"excluded on {listed[npi].excluded_on}"
        if (day := self.exclusions.as_of()) is None:
            return CheckKind.EXCLUDED, _OIG, CheckResult.UNCLEAR, npi, "no list is loaded"
        namesake = next(iter(self.exclusions.named([name]).values()), None) if name else None
        if namesake is not None:
            shown = f"{namesake.name}, {namesake.state}, excluded on {namesake.excluded_on}"
            return CheckKind.EXCLUDED, _OIG, CheckResult.UNCLEAR, name, shown
        return CheckKind.EXCLUDED, _OIG, CheckResult.PASSED, npi, f"not on the list of {day}"


def npis_of(draft: ClinicDraft) -> tuple[str, ...]:
    """Every NPI that a draft names."""
    return tuple(number for number in (draft.clinic.npi, *(person.npi for person in draft.people)) if number)


def name_similarity(one: str, other: str) -> float:
    """Shared words by all words of the shorter name, from 0 to 1; legal forms such as LLC count nothing."""
    first, second = (set(query_words(name)) - _LEGAL_FORMS for name in (one, other))
    shorter = min(len(first), len(second))
    return len(first & second) / shorter if shorter else 0.0


def _passed(good: bool) -> CheckResult:
    return CheckResult.PASSED if good else CheckResult.UNCLEAR


def _number(npi: str, facts: RegistryFacts | None, *, organization: bool) -> Iterator[_Result]:
    valid = CheckResult.PASSED if is_valid_npi(npi) else CheckResult.FAILED
    yield CheckKind.CHECK_DIGIT, "45 CFR 162.406", valid, npi, ""
    if facts is None:
        yield CheckKind.REGISTERED, _REGISTRY, CheckResult.UNCLEAR, npi, "not in the files that are loaded"
        return
    yield CheckKind.REGISTERED, _REGISTRY, CheckResult.PASSED, npi, f"{facts.name}, as of {facts.as_of}"
    kinds = {True: "organization", False: "individual"}
    same = CheckResult.PASSED if facts.organization == organization else CheckResult.FAILED
    yield CheckKind.ENTITY_TYPE, _REGISTRY, same, kinds[organization], kinds[facts.organization]


def _same_address(registered: Address, stated: list[Address]) -> _Result:
    """An address elsewhere is no contradiction: the registry's are often old."""
    same = location_id(registered) in {location_id(address) for address in stated}
    return CheckKind.REGISTRY_ADDRESS, _REGISTRY, _passed(same), "; ".join(map(_line, stated)), _line(registered)


def _line(address: Address) -> str:
    return f"{address.line}, {address.city}, {address.state} {address.zip}"


def _phone(text: str) -> _Result:
    number = e164(text)
    parsed = phonenumbers.parse(number, "US") if number else None
    # The type of a number that cannot be valid is unknown, which is not among these.
    subscriber = parsed is not None and phonenumbers.number_type(parsed) in _SUBSCRIBER
    found = "a subscriber's number" if subscriber else "not assigned to a subscriber"
    return CheckKind.PHONE, _NUMBERING, _passed(subscriber), text, found


def _domains(email: str, site: str) -> _Result:
    """The website is never fetched: only the two names are compared."""
    domain = email.rpartition("@")[2].casefold()
    host = (urlsplit(website(site)).hostname or "").removeprefix("www.")
    same = bool(host) and domain not in _FREE_MAIL and (_within(domain, host) or _within(host, domain))
    return CheckKind.EMAIL_DOMAIN, "Names compared", _passed(same), domain, host


def _within(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")
