"""One listing as people see it: on a card of the results and on the pages of practitioners and clinics."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import phonenumbers

from directory.domain.facts import Known
from directory.domain.place import Precision
from directory.search.explain import Reason
from directory.search.listing import OFFERED, UNKNOWN, EvidenceLine, Field, Kind, Listing
from directory.search.result import Hit
from directory.vocabulary.vocabulary import Vocabulary
from directory.web.pages.names import Names
from directory.web.pages.texts import Texts
from directory.web.wording import Wording

_ALWAYS_SAID = frozenset({"licence_not_checked", "demonstration"})
"""Caveats with a place of their own on the card or page."""
_AMERICAN = re.compile(r"\+1([2-9]\d\d)([2-9]\d\d)(\d{4})", re.ASCII)
"""What nearly all are: asking the library about each of twenty takes a millisecond."""
_REMEMBERED = 512
"""Sets of specialties whose foremost conditions are kept."""
_REMEMBERED_CHECKS = 2_048
"""Lines of verification that are kept in words, 1 MB at most: many listings are of one registry file."""
_SHOWN_CONDITIONS = 4
_SHOWN_VALUES = 3


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the practice. `known` is False where nobody stated it, and `value` says so."""

    label: str
    value: str
    known: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """One line of the verification: what was checked; `told` says where, when, and until when it holds."""

    level: str
    what: str
    told: str


@dataclass(frozen=True, slots=True)
class Why:
    """One reason for the position in the results."""

    points: int
    text: str


@dataclass(frozen=True, slots=True)
class Linked:
    """A name that leads somewhere."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Conditions:
    """Names of conditions under their two labels, which are never mixed."""

    stated: tuple[str, ...]
    usual: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a listing stands in the results of a search, and why. The points of `why` sum to `points`."""

    position: str
    distance: str
    approximate: bool
    points: int
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A listing in words. `brief` are the facts that most people choose by, `facts` all of them, left out in a search.
    `standing` is None outside of one."""

    listing: Listing
    name: str
    href: str
    anchor: str
    clinic: Linked | None
    specialties: tuple[str, ...]
    badges: tuple[str, ...]
    street: str
    town: str
    phone: str
    website: str
    brief: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    conditions: Conditions
    treatments: tuple[str, ...]
    verified: str
    expires: str
    level: str
    checks: tuple[Checked, ...]
    caveats: tuple[str, ...]
    elsewhere: tuple[Linked, ...]
    correct: str
    standing: Standing | None = None


class Cards:
    """Makes cards in one language. `prefix` is what addresses begin with: "" or "/es"."""

    def __init__(self, vocabulary: Vocabulary, texts: Texts, names: Names, wording: Wording, prefix: str) -> None:
        self._vocabulary = vocabulary
        self._texts = texts
        self._names = names
        self._wording = wording
        self._prefix = prefix
        self._best_usual = lru_cache(maxsize=_REMEMBERED)(self._find_best_usual)
        self._check = lru_cache(maxsize=_REMEMBERED_CHECKS)(self._read_check)
        self._holds = lru_cache(maxsize=_REMEMBERED_CHECKS)(self._read_holds)
        self._unknown: dict[Field, Fact] = {
            field: Fact(names.field(field), texts("answer.unknown"), known=False) for field in OFFERED
        }

    def of_hit(self, hit: Hit, reasons: Iterable[Reason], position: str, wanted: tuple[str, ...]) -> Card:
        """The card of a hit. `wanted` are the conditions that were searched for: of all it names these."""
        listing = hit.listing
        standing = Standing(
            position=position,
            distance=self._wording.distance(hit.distance_m, listing.precision),
            approximate=hit.distance_m is not None and listing.precision is Precision.APPROXIMATE,
            points=hit.points,
            why=tuple(Why(reason.points, self._wording.reason(reason)) for reason in reasons),
        )
        conditions = self._among(listing, wanted) if wanted else self._foremost(listing)
        return self._card(listing, conditions, standing)

    def card(self, listing: Listing) -> Card:
        """The card of a listing outside of a search."""
        return self._card(listing, self._foremost(listing), None)

    def _card(self, listing: Listing, conditions: Conditions, standing: Standing | None) -> Card:
        card = listing.card
        level = next(iter(listing.values(Field.LEVEL)), "registry")
        verified, expires = self._holds(level, listing.checked_on, listing.expires_on)
        return Card(
            listing=listing,
            name=listing.name,
            href=self.subject_href(listing.subject, listing.id),
            anchor=f"at-{listing.id.partition('.')[2]}",
            clinic=self._clinic(listing),
            specialties=self._specialties(listing),
            badges=self._badges(listing),
            street=", ".join(part for part in (card.address.line, card.address.line2) if part),
            town=f"{card.address.city}, {card.address.state} {card.address.zip}",
            phone=shown_phone(card.phone),
            website=card.website if card.website.startswith(("https://", "http://")) else "",
            brief=self._brief(listing),
            facts=() if standing else self._facts(listing),
            conditions=conditions,
            treatments=self._names.all(Field.TREATMENT, card.facts.treatments),
            verified=verified,
            expires=expires,
            level=level,
            checks=tuple(self._check(line) for line in card.evidence),
            caveats=self._caveats(listing),
            elsewhere=tuple(Linked(o.label, self.subject_href(listing.subject, o.id)) for o in card.elsewhere),
            correct=f"{self._prefix}/listings/{listing.id}/correct",
            standing=standing,
        )

    def subject_href(self, subject: str, listing_id: str = "") -> str:
        """The page of a practitioner or clinic, at one of its locations."""
        page = "practitioners" if subject.startswith("p") else "clinics"
        place = listing_id.partition(".")[2]
        return f"{self._prefix}/{page}/{subject[1:]}" + (f"#at-{place}" if place else "")

    def _specialties(self, listing: Listing) -> tuple[str, ...]:
        other = self.other_specialty(listing)
        return (other,) if other else self._names.all(Field.SPECIALTY, self._ordered(listing.values(Field.SPECIALTY)))

    def other_specialty(self, listing: Listing) -> str:
        """What a listing without a specialty of this directory is called; empty for all others."""
        if not listing.values(Field.SCOPE):
            return ""
        codes = listing.card.taxonomies
        return self._texts("card.other_specialty", code=codes[0]) if codes else self._texts("card.no_specialty")

    def _ordered(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(code for code in self._vocabulary.specialties if code in codes)

    def _clinic(self, listing: Listing) -> Linked | None:
        card = listing.card
        if listing.kind is Kind.CLINIC or not card.clinic_id:
            return None
        return Linked(card.clinic_name or card.clinic_id, self.subject_href(f"c{card.clinic_id}"))

    def _badges(self, listing: Listing) -> tuple[str, ...]:
        held = listing.values(Field.CLINIC_MODEL)
        return tuple(self._texts(f"badge.{model}") for model in ("integrated", "network") if model in held)

    def _among(self, listing: Listing, wanted: tuple[str, ...]) -> Conditions:
        stated = tuple(slug for slug in wanted if slug in listing.values(Field.CONDITION_STATED))
        usual = listing.values(Field.CONDITION_USUAL)
        return self._named(stated, tuple(slug for slug in wanted if slug in usual and slug not in stated))

    def _foremost(self, listing: Listing) -> Conditions:
        """The first that the practice states; only where it states none, what its specialties usually treat."""
        stated = listing.card.facts.conditions[:_SHOWN_CONDITIONS]
        return self._named(stated, () if stated else self._best_usual(listing.values(Field.SPECIALTY)))

    def _named(self, stated: tuple[str, ...], usual: tuple[str, ...]) -> Conditions:
        names = self._names
        return Conditions(names.all(Field.CONDITION, stated), names.all(Field.CONDITION, usual))

    def _find_best_usual(self, specialties: tuple[str, ...]) -> tuple[str, ...]:
        found = [
            (item.fit, item.condition.slug)
            for code in self._ordered(specialties)
            for item in self._vocabulary.usual_conditions(code)
        ]
        best = sorted(found, key=lambda pair: -pair[0])
        return tuple(dict.fromkeys(slug for _, slug in best))[:_SHOWN_CONDITIONS]

    def _brief(self, listing: Listing) -> tuple[Fact, ...]:
        facts = listing.card.facts
        return (
            self._yes_no(Field.ACCEPTING, facts.accepting_new_patients),
            self._yes_no(Field.TELEHEALTH, facts.telehealth),
            self._listed(Field.LANGUAGE, facts.languages, _SHOWN_VALUES),
            self._listed(Field.INSURANCE, facts.insurance, _SHOWN_VALUES),
        )

    def _facts(self, listing: Listing) -> tuple[Fact, ...]:
        facts = listing.card.facts
        gender = tuple(value for value in listing.values(Field.GENDER) if value != UNKNOWN)
        person = (self._listed(Field.GENDER, gender),) if listing.kind is Kind.PRACTITIONER else ()
        return (
            self._yes_no(Field.ACCEPTING, facts.accepting_new_patients),
            self._yes_no(Field.TELEHEALTH, facts.telehealth),
            self._listed(Field.LANGUAGE, facts.languages),
            self._listed(Field.INSURANCE, facts.insurance),
            self._listed(Field.ACCESSIBILITY, facts.accessibility),
            self._listed(Field.OPEN_DAY, facts.open_days),
            *((Fact(self._texts("card.hours"), facts.hours, known=True),) if facts.hours else ()),
            self._listed(Field.AGE_GROUP, facts.age_groups),
            *((self._yes_no(Field.BOARD_CERTIFIED, facts.board_certified),) if person else ()),
            *person,
        )

    def _yes_no(self, field: Field, value: Known) -> Fact:
        if value is Known.UNKNOWN:
            return self._unknown[field]
        return Fact(self._names.field(field), self._texts(f"answer.{value.value}"), known=True)

    def _listed(self, field: Field, codes: tuple[str, ...], most: int = 99) -> Fact:
        if not codes:
            return self._unknown[field]
        shown = codes if len(codes) <= most + 1 else codes[:most]
        value = ", ".join(self._names.all(field, shown))
        if len(shown) < len(codes):
            value = self._texts("card.and_more", value=value, count=len(codes) - len(shown))
        return Fact(self._names.field(field), value, known=True)

    def _read_holds(self, level: str, checked_on: date, expires_on: date) -> tuple[str, str]:
        """What was checked when, and until when it holds."""
        texts = self._texts
        verified = texts(f"verified.{level}", date=texts.date(checked_on))
        return verified, texts("verified.expires", date=texts.date(expires_on))

    def _read_check(self, line: EvidenceLine) -> Checked:
        texts = self._texts
        on, until = texts.date(line.checked_on), texts.date(line.expires_on)
        told = texts("card.checked_by", source=line.source, date=on, until=until)
        return Checked(texts(f"level.{line.level.value}"), line.what, told)

    def _caveats(self, listing: Listing) -> tuple[str, ...]:
        """Caveats in words; notes that have no text of ours are shown as they were written."""
        shown = (note for note in listing.card.notices if note not in _ALWAYS_SAID)
        return tuple(str(self._texts.entries.get(f"caveat.{note}", note)) for note in shown)


def shown_phone(phone: str) -> str:
    """A phone number as people write it: "(312) 555-0100" for +13125550100."""
    if not phone:
        return ""
    if american := _AMERICAN.fullmatch(phone):
        return "({}) {}-{}".format(*american.groups())
    try:
        parsed = phonenumbers.parse(phone, "US")
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
