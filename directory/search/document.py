"""Record -> listings: the one function that decides what is searchable, and under which words and tokens."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache, partial
from operator import attrgetter

from directory.domain.clinic import Site
from directory.domain.evidence import Evidence, Level, strongest
from directory.domain.facts import NOTHING_STATED, CareFacts, Gender
from directory.domain.place import STATES, Address, stored
from directory.domain.practitioner import Location, Role
from directory.search.classify import Classification, classify, shown_taxonomies
from directory.search.fold import FOLDING, fold, index_words, sort_name, words_of
from directory.search.listing import (
    OTHER_SPECIALTY,
    SHAPE,
    UNKNOWN,
    Card,
    Elsewhere,
    EvidenceLine,
    Field,
    Kind,
    Listing,
    Person,
)
from directory.search.source import ClinicRecord, PractitionerRecord, Record, StaffMember
from directory.vocabulary.vocabulary import Vocabulary

INTEGRATED, NETWORK, NEITHER = "integrated", "network", "none"
Tokens = dict[Field, tuple[str, ...]]
_SHARED = 1 << 12
_PRACTITIONER, _CLINIC = (Kind.PRACTITIONER.value,), (Kind.CLINIC.value,)
_LEVELS = {level: (level.value,) for level in Level}
_GENDERS = {gender: (gender.value if gender is not Gender.UNKNOWN else UNKNOWN,) for gender in Gender}


# Not slotted: cached_property keeps its value in the instance dictionary.
@dataclass(frozen=True)
class Making:
    """What listings are made with: the vocabulary, the day, and whether the records are a demonstration.

    It keeps what many listings share: how taxonomies and a degree are classified, and what follows from that.
    """

    vocabulary: Vocabulary
    today: date
    demonstration: bool = False

    @cached_property
    def classified(self) -> Callable[[tuple[str, ...], str, bool], Classification]:
        """`classify` of taxonomies, a degree, and whether a role was confirmed."""
        return lru_cache(maxsize=_SHARED)(partial(_classified, self.vocabulary))

    @cached_property
    def care(self) -> Callable[[CareFacts, Classification], "Care"]:
        return lru_cache(maxsize=_SHARED)(partial(_care, self.vocabulary))

    def fingerprint(self) -> str:
        """Names the vocabulary, shape and folding; a generation made with another asks for a rebuild."""
        return f"{self.vocabulary.fingerprint[:16]}-shape{SHAPE}-fold{FOLDING}"


@dataclass(frozen=True, slots=True)
class Care:
    """What follows from stated facts and specialties alone: tidy tokens, and words that describe the care."""

    tokens: Tokens
    words: frozenset[str]


def listings(record: Record, making: Making) -> tuple[Listing, ...]:
    """Every listing of a record that may be found today, in order of id; none when hidden, deactivated or expired."""
    if isinstance(record, PractitionerRecord):
        found = _practitioner_listings(record, making)
    else:
        found = _clinic_listings(record, making)
    return tuple(found if len(found) < 2 else sorted(found, key=lambda listing: listing.id))


def _practitioner_listings(record: PractitionerRecord, making: Making) -> list[Listing]:
    person = record.practitioner
    if person.hidden or person.deactivated_on is not None:
        return []
    confirmed = any(role.confirmed_on is not None for role in record.roles)
    classes = making.classified(person.taxonomies, person.credential, confirmed)
    roles = _listed_roles(record.roles, making.today)
    if not classes.specialties:
        if not _is_outside(role.evidence for role in record.roles):
            return []
        classes = replace(classes, outside=True)
        roles = {place: found for place, found in roles.items() if found[1].level is Level.REGISTRY}
    return [_practitioner_listing(record, role, level, roles, classes, making) for role, level in roles.values()]


def _is_outside(statements: Iterable[Iterable[Evidence]]) -> bool:
    """Whether a registry that was loaded whole says that nothing shows a specialty of this directory."""
    return any(item.note == OTHER_SPECIALTY for evidence in statements for item in evidence)


def _listed_roles(roles: Iterable[Role], today: date) -> dict[str, tuple[Role, Evidence]]:
    """The role that speaks for each location: with the strongest evidence, then the latest check, then the id."""
    best: dict[str, tuple[Role, Evidence]] = {}
    for role in sorted(roles, key=lambda item: item.id):
        counts = role.clinic_id is None or role.confirmed_on is not None
        evidence = strongest(role.evidence, today) if counts else None
        if evidence is None:
            continue
        held = best.get(role.location.id)
        if held is None or strongest((held[1], evidence), today) is evidence is not held[1]:
            best[role.location.id] = (role, evidence)
    return best


def _practitioner_listing(
    record: PractitionerRecord,
    role: Role,
    level: Evidence,
    roles: Mapping[str, tuple[Role, Evidence]],
    classes: Classification,
    making: Making,
) -> Listing:
    person, vocabulary = record.practitioner, making.vocabulary
    names = (person.name.display(), *person.other_names)
    facts = _standing(role.facts, level)
    care = making.care(facts, classes)
    tokens = {
        Field.KIND: _PRACTITIONER,
        Field.STATE: (role.location.address.state,),
        Field.LEVEL: _LEVELS[level.level],
        Field.GENDER: _GENDERS[person.gender],
        Field.CREDENTIAL: tuple(person.credential.split(", ")) if person.credential else (UNKNOWN,),
        Field.NPI: (person.npi,),
        Field.CLINIC: (role.clinic_id,) if role.clinic_id else (),
        Field.ADDRESS: (role.location.id,),
    }
    card = Card(
        address=role.location.address,
        phone=role.contact.phone,
        website=role.contact.website,
        credential=person.credential,
        clinic_id=role.clinic_id or "",
        clinic_name=role.clinic_name,
        taxonomies=_shown(person.taxonomies, classes, vocabulary),
        evidence=_evidence_lines(role.evidence, making.today),
        elsewhere=_elsewhere(record, role, roles),
        endpoints=record.endpoints,
        notices=_notices(role.evidence, classes, making),
        facts=facts,
    )
    words = (role.clinic_name, role.location.address.city, STATES.get(role.location.address.state, ""))
    return _listing(
        record, role.location, level, card, tokens, care, names, sort_name(person.name.family, person.name.given), words
    )


def _clinic_listings(record: ClinicRecord, making: Making) -> list[Listing]:
    clinic = record.clinic
    if clinic.hidden or clinic.deactivated_on is not None:
        return []
    held = {site.location.id: (site, strongest(site.evidence, making.today)) for site in record.sites}
    sites = {place: (site, level) for place, (site, level) in held.items() if level is not None}
    return [_clinic_listing(record, site, level, sites, making) for site, level in sites.values()]


def _clinic_listing(
    record: ClinicRecord,
    site: Site,
    level: Evidence,
    sites: Mapping[str, tuple[Site, Evidence]],
    making: Making,
) -> Listing:
    clinic, vocabulary = record.clinic, making.vocabulary
    staff = [member for member in record.staff if member.role.location.id == site.location.id]
    people = _people(staff, making)
    classes = _clinic_classes(record, people, vocabulary)
    if level.level is Level.REGISTRY and _shows_nothing(record, classes, vocabulary):
        classes = replace(classes, outside=True)
    disciplines = _disciplines(people, vocabulary)
    reviewed = level.level is Level.REVIEWED
    facts = _standing(site.facts, level)
    care = making.care(facts, classes)
    tokens = {
        Field.KIND: _CLINIC,
        Field.STATE: (site.location.address.state,),
        Field.LEVEL: _LEVELS[level.level],
        Field.CLINIC_MODEL: _models(people, disciplines, record, reviewed=reviewed),
        Field.CREDENTIAL: tuple(
            {code for person in people if person.credential for code in person.credential.split(", ")}
        ),
        Field.NPI: (clinic.npi,) if clinic.npi else (),
        Field.CLINIC: (clinic.id,),
        Field.ADDRESS: (site.location.id,),
        Field.NETWORK: (record.network_id,) if record.network_id and reviewed else (),
        Field.PARTNER: tuple(sorted(partner.clinic_id for partner in record.partners)),
    }
    card = Card(
        address=site.location.address,
        phone=site.contact.phone,
        website=site.contact.website,
        clinic_id=clinic.id,
        taxonomies=_shown(clinic.taxonomies, classes, vocabulary),
        evidence=_evidence_lines(site.evidence, making.today),
        elsewhere=_elsewhere(record, site, sites),
        people=people,
        disciplines=disciplines,
        partners=record.partners,
        endpoints=record.endpoints,
        notices=_notices(site.evidence, classes, making),
        facts=facts,
    )
    words = (site.location.address.city, STATES.get(site.location.address.state, ""))
    labels = tuple(vocabulary.taxonomies[code].label for code in card.taxonomies if code in vocabulary.taxonomies)
    return _listing(
        record, site.location, level, card, tokens, care, (clinic.name, *clinic.other_names),
        sort_name(clinic.name, ""), (*words, *labels),
    )  # fmt: skip


def _listing(
    record: Record,
    location: Location,
    level: Evidence,
    card: Card,
    tokens: Tokens,
    care: Care,
    names: tuple[str, ...],
    ordering: str,
    words: tuple[str, ...],
) -> Listing:
    practitioner = isinstance(record, PractitionerRecord)
    npi = record.practitioner.npi if isinstance(record, PractitionerRecord) else record.clinic.npi or ""
    point = location.position.point
    name_words = index_words(names)
    return Listing(
        id=f"{record.subject}.{location.id}",
        kind=Kind.PRACTITIONER if practitioner else Kind.CLINIC,
        npi=npi,
        name=names[0],
        sort_name=ordering,
        version=record.version,
        checked_on=level.checked_on,
        expires_on=level.expires_on,
        card=card,
        point=None if point is None else stored(point),
        precision=location.position.precision,
        tokens=care.tokens | _tidy(tokens),
        name_words=name_words,
        text_words=tuple(sorted(care.words.union(name_words, *map(_shared_words, words)))),
    )


@lru_cache(maxsize=1 << 14)
def _shared_words(text: str) -> frozenset[str]:
    """Towns, states and descriptions of care are the same for many listings; names of people are not."""
    return words_of(text)


def _tidy(tokens: Tokens) -> Tokens:
    """Each field's tokens sorted, each once, without fields that have none."""
    return {
        field: values if len(values) == 1 else tuple(sorted(set(values))) for field, values in tokens.items() if values
    }


def _shows_nothing(record: ClinicRecord, classes: Classification, vocabulary: Vocabulary) -> bool:
    """Of a clinic without specialties: that its taxonomies do not show back care either."""
    shown = classes.specialties or shown_taxonomies(record.clinic.taxonomies, vocabulary)
    return not shown and _is_outside(site.evidence for site in record.sites)


def _elsewhere(
    record: Record, here: Role | Site, all_of_it: Mapping[str, tuple[Role | Site, Evidence]]
) -> tuple[Elsewhere, ...]:
    """The other listings of a record. Nearly all have but one."""
    if len(all_of_it) < 2:
        return ()
    return tuple(
        Elsewhere(f"{record.subject}.{place}", _short(other.location.address))
        for place, (other, _) in sorted(all_of_it.items())
        if place != here.location.id
    )


def _shown(taxonomies: Iterable[str], classes: Classification, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Codes of ours; all of them where that is everything known of somebody's specialty."""
    return tuple(code for code in taxonomies if classes.outside or code in vocabulary.taxonomies)


def _standing(facts: CareFacts, level: Evidence) -> CareFacts:
    """What a practice states holds as long as its word does: the registry knows none of it."""
    return NOTHING_STATED if level.level is Level.REGISTRY else facts


def _classified(
    vocabulary: Vocabulary, taxonomies: tuple[str, ...], credential: str, confirmed_role: bool
) -> Classification:
    return classify(taxonomies, credential, vocabulary, confirmed_role=confirmed_role)


def _care(vocabulary: Vocabulary, facts: CareFacts, classes: Classification) -> Care:
    described = index_words(_described(classes.specialties, facts, vocabulary))
    return Care(_tidy(_care_tokens(facts, classes, vocabulary)), frozenset(described))


def _care_tokens(facts: CareFacts, classes: Classification, vocabulary: Vocabulary) -> Tokens:
    usual = vocabulary.usual_slugs(classes.specialties)
    confirmed = set(classes.specialties) - set(classes.unconfirmed)
    return {
        Field.SPECIALTY: classes.specialties,
        Field.SPECIALTY_CONFIRMED: tuple(confirmed),
        Field.CONDITION: (*facts.conditions, *usual),
        Field.CONDITION_STATED: facts.conditions,
        Field.CONDITION_USUAL: usual,
        Field.TREATMENT: facts.treatments or (UNKNOWN,),
        Field.ACCEPTING: (facts.accepting_new_patients.value,),
        Field.TELEHEALTH: (facts.telehealth.value,),
        Field.BOARD_CERTIFIED: (facts.board_certified.value,),
        Field.LANGUAGE: facts.languages or (UNKNOWN,),
        Field.INSURANCE: facts.insurance or (UNKNOWN,),
        Field.ACCESSIBILITY: facts.accessibility or (UNKNOWN,),
        Field.AGE_GROUP: facts.age_groups or (UNKNOWN,),
        Field.OPEN_DAY: facts.open_days or (UNKNOWN,),
        Field.SCOPE: (OTHER_SPECIALTY,) if classes.outside else (),
    }


def _people(staff: Iterable[StaffMember], making: Making) -> tuple[Person, ...]:
    """Everybody with a confirmed role here of which a check still holds, once, by folded name."""
    people: dict[str, Person] = {}
    for member in staff:
        person, role = member.practitioner, member.role
        if person.hidden or person.deactivated_on is not None or role.confirmed_on is None:
            continue
        if strongest(role.evidence, making.today) is None:
            continue
        classes = making.classified(person.taxonomies, person.credential, True)
        people[person.npi] = Person(person.npi, person.name.display(), person.credential, classes.specialties)
    return tuple(sorted(people.values(), key=lambda person: (fold(person.name), person.npi)))


def _clinic_classes(record: ClinicRecord, people: Iterable[Person], vocabulary: Vocabulary) -> Classification:
    """A clinic offers the specialties of its confirmed people, and those its own taxonomies name."""
    own = (vocabulary.specialty_of_taxonomy(code) for code in shown_taxonomies(record.clinic.taxonomies, vocabulary))
    found = {code for person in people for code in person.specialties} | {code for code in own if code}
    return Classification(tuple(code for code in vocabulary.specialties if code in found))


def _disciplines(people: Iterable[Person], vocabulary: Vocabulary) -> tuple[str, ...]:
    found = {vocabulary.specialties[code].discipline for person in people for code in person.specialties}
    return tuple(sorted(discipline.value for discipline in found if discipline is not None))


def _models(
    people: tuple[Person, ...], disciplines: tuple[str, ...], record: ClinicRecord, *, reviewed: bool
) -> tuple[str, ...]:
    """Badges need level reviewed: integrated from two people in two discipline groups, network from one link."""
    if not reviewed:
        return (UNKNOWN,)
    integrated = (INTEGRATED,) if min(len(people), len(disciplines)) >= 2 else ()
    network = (NETWORK,) if record.network_id else ()
    return (*integrated, *network) or (NEITHER,)


def _described(specialties: Iterable[str], facts: CareFacts, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The words that describe the care: names of specialties in both languages, stated conditions and treatments."""
    kinds = [vocabulary.specialties[code] for code in specialties]
    conditions = [vocabulary.conditions[slug] for slug in facts.conditions if slug in vocabulary.conditions]
    treatments = [vocabulary.treatments[code] for code in facts.treatments if code in vocabulary.treatments]
    return (
        *(text for kind in kinds for text in (kind.name, kind.plural, kind.name_es)),
        *(text for condition in conditions for text in (condition.name, condition.name_es)),
        *(text for treatment in treatments for text in (treatment.name, treatment.name_es)),
    )


def _evidence_lines(evidence: tuple[Evidence, ...], today: date) -> tuple[EvidenceLine, ...]:
    held = [item for item in evidence if item.expires_on > today]
    held.sort(key=_FRESHNESS, reverse=True)
    return tuple(map(_line, held))


_FRESHNESS = attrgetter("checked_on", "level", "what")
_lines: dict[int, tuple[Evidence, EvidenceLine]] = {}


def _line(item: Evidence) -> EvidenceLine:
    """Of one object one line: a load states the same checks of thousands, each of them one object, and to compare them
    takes longer than to make the line."""
    held = _lines.get(id(item))
    if held is not None and held[0] is item:
        return held[1]
    line = EvidenceLine(item.level, item.what, item.source, item.checked_on, item.expires_on, item.note)
    if len(_lines) >= _SHARED:
        _lines.clear()
    _lines[id(item)] = (item, line)
    return line


def _notices(evidence: Iterable[Evidence], classes: Classification, making: Making) -> tuple[str, ...]:
    notes = frozenset([item.note for item in evidence if item.note and item.expires_on > making.today])
    return _caveats(notes, classes.outside, bool(classes.unconfirmed), making.demonstration)


@lru_cache(maxsize=_SHARED)
def _caveats(notes: frozenset[str], outside: bool, unconfirmed: bool, demonstration: bool) -> tuple[str, ...]:
    caveats = {"licence_not_checked", *notes} - {OTHER_SPECIALTY}
    if outside:
        caveats.add(OTHER_SPECIALTY)
    if unconfirmed:
        caveats.add("spine_practice_not_confirmed")
    if demonstration:
        caveats.add("demonstration")
    return tuple(sorted(caveats))


def _short(address: Address) -> str:
    return f"{address.line}, {address.city}, {address.state}"
