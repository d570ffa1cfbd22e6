"""The referral network of a clinic on its page: who is in it, whom they refer to by discipline, what it lacks."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from directory.domain.place import METRES_PER_MILE, distance_m
from directory.domain.specialty import Discipline
from directory.search.find import WIDENING_MILES
from directory.search.listing import Kind, Listing
from directory.search.network import Member, ReferralNetwork
from directory.vocabulary.vocabulary import Vocabulary
from directory.web.pages.cards import Linked
from directory.web.pages.edition import Edition
from directory.web.pages.links import Parameters
from directory.web.pages.picture import Picture, picture

_MOST_NAMED = 30
"""Clinics that a page names; the search finds the others."""
_SPARE_MILES = 3.0
"""A search measures from the middle of a ZIP code, which is not where the clinic stands."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A clinic of the network. `number` is the one in the picture; `linked` says with whom, the first clinic left out.

    `direct`: linked with the clinic of the page. `distance` and `disciplines` are empty where not known.
    """

    number: int
    name: str
    href: str
    place: str
    distance: str
    disciplines: str
    direct: bool
    linked: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What the partners have of one discipline. `search` finds those people."""

    discipline: str
    detail: str
    search: Linked


@dataclass(frozen=True, slots=True)
class NetworkView:
    """`lacking` are searches for the disciplines that nobody in the network has; `rest` counts those not named."""

    neighbours: tuple[Neighbour, ...]
    rest: int
    offers: tuple[Offer, ...]
    lacking: tuple[Linked, ...]
    search: str
    picture: Picture | None


class NetworkPages:
    """Words networks in one language."""

    def __init__(self, edition: Edition, vocabulary: Vocabulary) -> None:
        self._edition = edition
        self._texts = edition.texts
        self._vocabulary = vocabulary

    def view(self, network: ReferralNetwork) -> NetworkView:
        """The network around its first member, which is the clinic of the page."""
        here = network.members[0]
        ordered = (here, *sorted(network.members[1:], key=lambda member: _order(here, member)))
        shown = ordered[: _MOST_NAMED + 1]
        numbers = {member.clinic_id: number for number, member in enumerate(shown)}
        return NetworkView(
            neighbours=tuple(self._neighbour(member, here, shown, numbers) for member in shown[1:]),
            rest=len(ordered) - len(shown),
            offers=tuple(self._offers(here, network.partners)),
            lacking=tuple(self._lacking(here, network)),
            search=self._search(("network", here.clinic_id), ("kind", Kind.CLINIC.value)),
            picture=picture(shown) if len(ordered) == len(shown) else None,
        )

    def _neighbour(self, member: Member, here: Member, shown: tuple[Member, ...], numbers: dict[str, int]) -> Neighbour:
        first, miles = member.listings[0], _miles(here, member)
        others = (other for other in shown if other.clinic_id in member.partners and numbers[other.clinic_id])
        names = tuple(f"{numbers[other.clinic_id]} {other.listings[0].name}" for other in others)
        return Neighbour(
            number=numbers[member.clinic_id],
            name=first.name,
            href=self._edition.cards.subject_href(f"c{member.clinic_id}"),
            place=f"{first.card.address.city}, {first.card.address.state}",
            distance="" if miles is None else self._about(miles),
            disciplines=self._texts.all_of(self._disciplines(_held([member]))) if _held([member]) else "",
            direct=member.links == 1,
            linked=self._texts.all_of(names) if names else "",
        )

    def _offers(self, here: Member, partners: tuple[Member, ...]) -> Iterator[Offer]:
        for discipline in Discipline:
            having = [member for member in partners if discipline.value in _held([member])]
            if not having:
                continue
            miles = [item for member in having if (item := _miles(here, member)) is not None]
            count = self._texts("network.clinics", count=len(having))
            nearest = self._texts("network.nearest", miles=self._about(min(miles))) if miles else ""
            detail = f"{count}, {nearest}" if nearest else count
            yield Offer(self._name(discipline), detail, self._referred(here, discipline, having))

    def _referred(self, here: Member, discipline: Discipline, having: list[Member]) -> Linked:
        """The people of a discipline whom the partners have, from this clinic as far as the farthest of them."""
        within = _within(here.listings[0], [item for member in having for item in member.listings])
        who = self._texts(f"discipline_people.{discipline.value}")
        asked = (("refers_to", here.clinic_id), ("kind", Kind.PRACTITIONER.value), *self._specialties(discipline))
        if within is None:
            return Linked(self._texts("network.referred", who=who), self._search(*asked))
        near = (("near", here.listings[0].card.address.zip), ("radius_mi", f"{within:g}"))
        text = self._texts("network.referred_within", who=who, miles=self._texts.miles(within))
        return Linked(text, self._search(*asked, *near))

    def _lacking(self, here: Member, network: ReferralNetwork) -> Iterator[Linked]:
        """Nothing is said to be missing from a network that is not known to its end."""
        address, held = here.listings[0].card.address, _held(network.members)
        for discipline in Discipline if network.complete else ():
            if discipline.value not in held:
                place = f"{address.city}, {address.state}"
                text = self._texts("network.near", discipline=self._name(discipline), place=place)
                yield Linked(text, self._search(("near", place), *self._specialties(discipline)))

    def _specialties(self, discipline: Discipline) -> tuple[tuple[str, str], ...]:
        kinds = self._vocabulary.specialties.items()
        return tuple(("specialty", code) for code, kind in kinds if kind.discipline is discipline)

    def _search(self, *pairs: tuple[str, str]) -> str:
        return Parameters(pairs).href(self._edition.href("/search"))

    def _disciplines(self, held: Iterable[str]) -> tuple[str, ...]:
        return tuple(self._name(discipline) for discipline in Discipline if discipline.value in held)

    def _name(self, discipline: Discipline) -> str:
        return self._texts(f"discipline.{discipline.value}")

    def _about(self, miles: float) -> str:
        return self._texts("partner.distance", miles=self._texts.miles(max(1, round(miles))))


def _held(members: Iterable[Member]) -> frozenset[str]:
    """Disciplines of the people whose roles there are confirmed."""
    return frozenset(code for member in members for item in member.listings for code in item.card.disciplines)


def _miles(here: Member, there: Member) -> float | None:
    """Between the places of two clinics that are closest; None where either has none."""
    ends = product(here.listings, there.listings)
    known = [distance_m(a.point, b.point) for a, b in ends if a.point is not None and b.point is not None]
    return min(known) / METRES_PER_MILE if known else None


def _within(here: Listing, there: Sequence[Listing]) -> float | None:
    """The first radius that searches offer, in miles, that reaches all of these; None where some have no position."""
    if here.point is None or any(item.point is None for item in there):
        return None
    reach = max(distance_m(here.point, item.point) for item in there if item.point is not None) / METRES_PER_MILE
    return next((miles for miles in WIDENING_MILES if miles >= reach + _SPARE_MILES), None)


def _order(here: Member, member: Member) -> tuple[int, float, str]:
    """Partners first, the nearest first of all."""
    miles = _miles(here, member)
    return member.links, float("inf") if miles is None else miles, member.clinic_id
