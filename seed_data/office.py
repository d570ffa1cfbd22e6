"""Makes single invented practitioners, roles and clinics; `town` decides who there is and where they work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from directory.domain.clinic import Clinic, Site
from directory.domain.evidence import Evidence, Level
from directory.domain.facts import NOTHING_STATED, CareFacts, Contact
from directory.domain.practitioner import Practitioner, Role
from seed_data.care import PRACTICES
from seed_data.checks import Age, checks, days_ago
from seed_data.facts import clinic_facts, practitioner_facts
from seed_data.numbers import Numbers, website
from seed_data.people import Person, Registrar
from seed_data.places import CLINIC_STEMS, Ground, Zip


@dataclass(slots=True)
class Worker:
    """A practitioner in the making. `language` is one they may speak besides English, or ""."""

    practitioner: Practitioner
    specialty: str
    language: str
    roles: list[Role] = field(default_factory=list)


@dataclass(slots=True)
class Workplace:
    """A clinic in the making. `level` is what its sites are checked to."""

    clinic: Clinic
    level: Level
    sites: list[Site]


@dataclass(slots=True)
class Office:
    """Where invented people and clinics are entered: one of it makes all, so that nothing is given out twice."""

    rng: Random
    registrar: Registrar
    ground: Ground
    numbers: Numbers

    def worker(self, specialty: str, zip_: Zip, person: Person | None = None) -> Worker:
        """Return a new practitioner of a specialty, without a role yet."""
        practice, rng = PRACTICES[specialty], self.rng
        who = person or self.registrar.person(rng, spanish=zip_.state == "PR")
        practitioner = Practitioner(
            npi=self.numbers.npi(self.rng),
            name=who.name,
            taxonomies=rng.choice(practice.holdings),
            credential=rng.choice(practice.degrees),
            gender=who.gender,
            other_names=who.other_names,
        )
        return Worker(practitioner, specialty, who.language)

    def solo(self, worker: Worker, zip_: Zip, level: Level, age: Age = Age.FRESH) -> Role:
        """Give a practitioner a practice of their own, at a new address."""
        name = worker.practitioner.name
        own_site = level is not Level.REGISTRY and self.rng.random() < 0.5
        contact = Contact(
            self.numbers.phone(zip_.area_code),
            website(self.numbers.slug(name.given, name.family)) if own_site else "",
        )
        role = Role(
            id=_next_id(worker),
            npi=worker.practitioner.npi,
            location=self.ground.location(zip_, self.rng),
            evidence=self.checks(level, age),
            contact=contact,
            facts=self._facts(worker, zip_.state, level),
        )
        worker.roles.append(role)
        return role

    def employ(self, worker: Worker, place: Workplace, site: Site, *, confirmed: bool = True) -> Role:
        """Give a practitioner a role at a site of a clinic; one that nobody confirmed rests on the clinic's word."""
        level = Level.REVIEWED if place.level is Level.REVIEWED and self.rng.random() < 0.6 else Level.PRACTICE
        role = Role(
            id=_next_id(worker),
            npi=worker.practitioner.npi,
            location=site.location,
            evidence=self.checks(level if confirmed else Level.PRACTICE),
            clinic_id=place.clinic.id,
            clinic_name=place.clinic.name,
            contact=site.contact,
            facts=self._facts(worker, site.location.address.state, level),
            confirmed_on=self._some_day() if confirmed else None,
        )
        worker.roles.append(role)
        return role

    def workplace(
        self, name: str, taxonomies: tuple[str, ...], specialties: Sequence[str], level: Level, zips: Iterable[Zip]
    ) -> Workplace:
        """Return a new clinic with a site in each ZIP code; one known from the registry only states no facts."""
        chosen = tuple(zips)
        slug = self.numbers.slug(name, chosen[0].city)
        npi = self.numbers.npi(self.rng) if taxonomies else None
        site = website(slug) if level is not Level.REGISTRY else ""
        contacts = (Contact(self.numbers.phone(zip_.area_code), site) for zip_ in chosen)
        sites = [self.site(zip_, level, contact, specialties) for zip_, contact in zip(chosen, contacts, strict=True)]
        return Workplace(Clinic(slug, name, npi, taxonomies), level, sites)

    def site(self, zip_: Zip, level: Level, contact: Contact, specialties: Sequence[str]) -> Site:
        """Return a site at a new address; one known from the registry only states no facts."""
        facts = NOTHING_STATED if level is Level.REGISTRY else clinic_facts(specialties, zip_.state, self.rng)
        return Site(self.ground.location(zip_, self.rng), self.checks(level), contact, facts)

    def clinic_name(self, *endings: str) -> str:
        """Return an invented name for a clinic that ends in one of the endings."""
        return f"{self.rng.choice(CLINIC_STEMS)} {self.rng.choice(endings)}"

    def checks(self, level: Level, age: Age = Age.FRESH) -> tuple[Evidence, ...]:
        """Return evidence of a level, and of those below it."""
        return checks(level, self.rng, age)

    def _facts(self, worker: Worker, state: str, level: Level) -> CareFacts:
        if level is Level.REGISTRY:
            return NOTHING_STATED
        return practitioner_facts(worker.specialty, state, worker.language, self.rng)

    def _some_day(self) -> date:
        return days_ago(self.rng.randint(3, 300))


def _next_id(worker: Worker) -> str:
    return f"{worker.practitioner.npi}-{len(worker.roles) + 1}"
