"""The pages of one practitioner and of one clinic, from their listings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from directory.domain.specialty import Discipline, Specialty
from directory.search.listing import Field, Listing, Person
from directory.search.network import ReferralNetwork
from directory.vocabulary.vocabulary import Vocabulary
from directory.web.pages.cards import Card, Linked
from directory.web.pages.edition import Edition
from directory.web.pages.links import Parameters
from directory.web.pages.network import NetworkPages, NetworkView

_INTEGRATED = "integrated"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of professional, explained. `usual` are the conditions it usually treats, best fit first."""

    name: str
    summary: str
    training: str
    usual: tuple[Linked, ...]


@dataclass(frozen=True, slots=True)
class Colleague:
    name: str
    href: str
    detail: str


@dataclass(frozen=True, slots=True)
class Team:
    """People of one discipline."""

    discipline: str
    people: tuple[Colleague, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """One location of a clinic, with who works there."""

    card: Card
    teams: tuple[Team, ...]
    disciplines: tuple[str, ...]
    integrated: bool


@dataclass(frozen=True, slots=True)
class PractitionerPage:
    name: str
    npi: str
    credential: str
    kinds: tuple[Kind, ...]
    cards: tuple[Card, ...]
    stated: tuple[Linked, ...]
    treatments: tuple[str, ...]
    second_opinion: str
    other_specialty: str


@dataclass(frozen=True, slots=True)
class ClinicPage:
    clinic_id: str
    name: str
    npi: str
    kinds: tuple[Kind, ...]
    sites: tuple[Site, ...]
    network: NetworkView
    stated: tuple[Linked, ...]
    treatments: tuple[str, ...]
    other_specialty: str


class Profiles:
    """Makes both pages in one language."""

    def __init__(self, edition: Edition, vocabulary: Vocabulary) -> None:
        self._edition = edition
        self._texts = edition.texts
        self._names = edition.names
        self._vocabulary = vocabulary
        self._networks = NetworkPages(edition, vocabulary)

    def practitioner(self, listings: Sequence[Listing]) -> PractitionerPage:
        first = listings[0]
        return PractitionerPage(
            name=first.name,
            npi=first.npi,
            credential=first.card.credential,
            kinds=self._kinds(listings),
            cards=tuple(self._edition.cards.card(listing) for listing in listings),
            stated=self._stated(listings),
            treatments=self._treatments(listings),
            second_opinion=self._second_opinion(first),
            other_specialty=self._edition.cards.other_specialty(first),
        )

    def clinic(self, network: ReferralNetwork) -> ClinicPage:
        """The page of the network's first member."""
        listings = network.members[0].listings
        first = listings[0]
        return ClinicPage(
            clinic_id=first.card.clinic_id,
            name=first.name,
            npi=first.npi,
            kinds=self._kinds(listings),
            sites=tuple(self._site(listing) for listing in listings),
            network=self._networks.view(network),
            stated=self._stated(listings),
            treatments=self._treatments(listings),
            other_specialty=self._edition.cards.other_specialty(first),
        )

    def _second_opinion(self, listing: Listing) -> str:
        address = listing.card.address
        near = Parameters((("second_opinion_from", listing.npi), ("near", f"{address.city}, {address.state}")))
        return near.href(self._edition.href("/search"))

    def _site(self, listing: Listing) -> Site:
        return Site(
            card=self._edition.cards.card(listing),
            teams=self._teams(listing.card.people),
            disciplines=self._disciplines(listing.card.disciplines),
            integrated=_INTEGRATED in listing.values(Field.CLINIC_MODEL),
        )

    def _teams(self, people: Iterable[Person]) -> tuple[Team, ...]:
        """People under the discipline of their first specialty; neighbours of back care come last."""
        teams: dict[str, list[Colleague]] = {}
        order = [item.value for item in Discipline]
        for person in people:
            teams.setdefault(self._discipline(person), []).append(self._colleague(person))
        found = sorted(teams, key=lambda code: order.index(code) if code in order else len(order))
        return tuple(Team(self._texts(f"discipline.{code}"), tuple(teams[code])) for code in found)

    def _discipline(self, person: Person) -> str:
        kinds = (self._vocabulary.specialties[code].discipline for code in person.specialties)
        return next((kind.value for kind in kinds if kind is not None), "other")

    def _colleague(self, person: Person) -> Colleague:
        specialties = ", ".join(self._names.all(Field.SPECIALTY, person.specialties))
        name = f"{person.name}, {person.credential}" if person.credential else person.name
        return Colleague(name, self._edition.cards.subject_href(f"p{person.npi}"), specialties)

    def _disciplines(self, codes: Iterable[str]) -> tuple[str, ...]:
        return tuple(self._texts(f"discipline.{code}") for code in codes)

    def _kinds(self, listings: Sequence[Listing]) -> tuple[Kind, ...]:
        held = {code for listing in listings for code in listing.values(Field.SPECIALTY)}
        known: Mapping[str, Specialty] = self._vocabulary.specialties
        return tuple(self._kind(item) for code, item in known.items() if code in held)

    def _kind(self, item: Specialty) -> Kind:
        names = self._names
        usual = self._vocabulary.usual_conditions(item.code)
        return Kind(
            names.text(item, "name"),
            names.text(item, "summary"),
            names.text(item, "training"),
            tuple(self._condition(entry.condition.slug) for entry in usual),
        )

    def _stated(self, listings: Sequence[Listing]) -> tuple[Linked, ...]:
        stated = dict.fromkeys(slug for listing in listings for slug in listing.card.facts.conditions)
        return tuple(self._condition(slug) for slug in stated if slug in self._vocabulary.conditions)

    def _treatments(self, listings: Sequence[Listing]) -> tuple[str, ...]:
        codes = dict.fromkeys(code for listing in listings for code in listing.card.facts.treatments)
        return self._names.all(Field.TREATMENT, tuple(codes))

    def _condition(self, slug: str) -> Linked:
        return Linked(self._names.of(Field.CONDITION, slug), self._edition.href(f"/conditions/{slug}"))
