"""Fills one area with practitioners, clinics and referral links."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from directory.domain.clinic import ReferralLink
from directory.domain.evidence import Level
from seed_data.checks import Age, days_ago
from seed_data.dataset import InventedLink, Reason
from seed_data.office import Office, Worker, Workplace
from seed_data.people import namesake
from seed_data.places import RURAL, Zip

_EVERY_METRO = (
    "primary_care", "osteopathic_physician", "chiropractor", "chiropractor",
    "spine_surgeon_orthopedic", "spine_surgeon_neurosurgery", "physiatrist", "pain_management",
    "physical_therapist", "physical_therapist", "occupational_therapist", "rheumatologist",
)  # fmt: skip
_NEIGHBOURS = ("sports_medicine", "neurologist", "pain_psychologist", "acupuncturist")
_LARGE = frozenset(
    {"new-york", "los-angeles", "chicago", "houston", "dallas", "denver", "washington", "boston", "atlanta", "seattle"}
)
_MORE_IN_LARGE = ("pain_management", "physical_therapist", "chiropractor", "spine_surgeon_orthopedic")
_RURAL_FIRST = ("primary_care", "chiropractor", "physical_therapist", "osteopathic_physician")
_RURAL_SECOND = ("physical_therapist", "chiropractor", "occupational_therapist", "physiatrist", "pain_management")


class Kind(NamedTuple):
    """A kind of clinic: how it is named, what it holds, who may work there (a tuple per team), how it is checked."""

    endings: tuple[str, ...]
    holdings: tuple[tuple[str, ...], ...]
    teams: tuple[tuple[str, ...], ...]
    levels: tuple[Level, ...]


_SPINE_CENTER = Kind(
    ("Spine Center", "Spine & Rehab", "Integrated Spine Care", "Back & Neck Institute"),
    (("261QM1300X",), ("193200000X",), ("261QM1300X", "261QP3300X")),
    (
        ("spine_surgeon_orthopedic", "physiatrist", "physical_therapist", "pain_psychologist"),
        ("spine_surgeon_neurosurgery", "spine_surgeon_orthopedic", "pain_management", "physical_therapist"),
        ("spine_surgeon_orthopedic", "physiatrist", "chiropractor", "occupational_therapist"),
        ("spine_surgeon_neurosurgery", "physiatrist", "pain_management", "physical_therapist", "neurologist"),
    ),
    (Level.REVIEWED,),
)
_PARTNERSHIP = Kind(
    ("Back Care Partners", "Spine & Sport", "Wellness & Rehab", "Family Spine Care"),
    (("193200000X",), ("261QM1300X",), ()),
    (
        ("chiropractor", "physical_therapist"),
        ("osteopathic_physician", "physical_therapist"),
        ("primary_care", "chiropractor"),
        ("rheumatologist", "occupational_therapist"),
        ("primary_care", "physical_therapist", "acupuncturist"),
    ),
    (Level.REVIEWED, Level.REVIEWED, Level.PRACTICE),
)
_PAIN_CLINIC = Kind(
    ("Pain Clinic", "Pain Management", "Interventional Pain Associates"),
    (("261QP3300X",),),
    (("pain_management",), ("pain_management", "pain_psychologist"), ("pain_management", "physiatrist")),
    (Level.REVIEWED, Level.PRACTICE),
)
_THERAPY = Kind(
    ("Physical Therapy", "Rehabilitation Center", "Therapy Works"),
    (("261QP2000X",), ("261QR0400X",), ("261QR0400X", "261QP2000X")),
    (("physical_therapist",), ("physical_therapist", "occupational_therapist")),
    (Level.REVIEWED, Level.PRACTICE),
)
_PRACTICE = Kind(
    ("Chiropractic", "Chiropractic & Wellness", "Family Chiropractic"),
    ((),),
    (("chiropractor",),),
    (Level.REVIEWED, Level.PRACTICE, Level.PRACTICE),
)
_METRO_KINDS = (_SPINE_CENTER, _PARTNERSHIP, _PAIN_CLINIC, _THERAPY, _PRACTICE)
_IN_NETWORK = (_PAIN_CLINIC, _THERAPY)
_RURAL_KINDS = (_PARTNERSHIP, _THERAPY, _PRACTICE)
_ENDING_SHARE = 0.03
_SHOWN_BY_ROLE = {
    1: {"spine_surgeon_orthopedic": "207X00000X", "pain_management": "207L00000X"},
    2: {"pain_management": "207L00000X"},
}


@dataclass(slots=True)
class Town:
    """One area and everybody in it. `number` counts areas of its sort from 0, and varies what is made."""

    office: Office
    area: str
    zips: Sequence[Zip]
    number: int
    workers: list[Worker] = field(default_factory=list)
    places: list[Workplace] = field(default_factory=list)
    links: list[InventedLink] = field(default_factory=list)
    role_reasons: dict[str, Reason] = field(default_factory=dict)
    site_reasons: dict[str, Reason] = field(default_factory=dict)

    @property
    def is_metro(self) -> bool:
        return not self.area.startswith(RURAL)

    def settle(self) -> None:
        """Fill the area: who lives there, the clinics they work for, practices of their own, links, oddities."""
        self.workers = [self._worker(specialty) for specialty in self._roster()]
        if self.is_metro and self.number % 8 == 0:
            self._add_namesake()
        for kind in self._kinds():
            self._found(kind)
        self._open_own_practices()
        if self.is_metro:
            self._link_clinics()
            self._claim_somebody()
            self._join_spine_center()

    def _roster(self) -> tuple[str, ...]:
        if not self.is_metro:
            first = _RURAL_FIRST[self.number % len(_RURAL_FIRST)]
            return (first, _RURAL_SECOND[self.number % len(_RURAL_SECOND)])[: 1 + (self.number % 4 == 0)]
        absent = self.number % len(_NEIGHBOURS)
        neighbours = (*_NEIGHBOURS[:absent], *_NEIGHBOURS[absent + 1 :])
        more = ("primary_care",) if self.number % 2 else ()
        return (*_EVERY_METRO, *more, *neighbours, *(_MORE_IN_LARGE if self.area in _LARGE else ()))

    def _kinds(self) -> tuple[Kind, ...]:
        if self.is_metro:
            return _METRO_KINDS
        return (_RURAL_KINDS[self.number % len(_RURAL_KINDS)],) if self.number % 2 else ()

    def _worker(self, specialty: str) -> Worker:
        return self.office.worker(specialty, self._zip())

    def _add_namesake(self) -> None:
        """Two people of one name and different specialties in one area: search must tell them apart."""
        same = namesake(self.workers[0].practitioner)
        self.workers.append(self.office.worker("physical_therapist", self._zip(), same))

    def _zip(self) -> Zip:
        return self.office.rng.choice(self.zips)

    def _found(self, kind: Kind) -> None:
        rng = self.office.rng
        level = self._level(kind)
        team = rng.choice(kind.teams)
        zips = [self._zip() for _ in range(self._sites(kind))]
        name, holding = self.office.clinic_name(*kind.endings), rng.choice(kind.holdings)
        place = self.office.workplace(name, holding, team, level, zips)
        self.places.append(place)
        if level is not Level.REGISTRY:
            self._staff(place, [self._member(specialty) for specialty in team])

    def _level(self, kind: Kind) -> Level:
        if kind is _THERAPY and self.number % 5 == 4:
            return Level.REGISTRY
        if kind in _IN_NETWORK and self.number % 5 < 3:
            return Level.REVIEWED
        return self.office.rng.choice(kind.levels)

    def _sites(self, kind: Kind) -> int:
        two = (kind is _SPINE_CENTER and self.number % 2 == 0) or (kind is _THERAPY and self.number % 3 == 0)
        return 2 if two else 1

    def _member(self, specialty: str) -> Worker:
        """Somebody of that specialty: without work, else one who takes a second post, else somebody new."""
        fitting = [worker for worker in self.workers if worker.specialty == specialty]
        free = next((worker for worker in fitting if not worker.roles), None)
        second = next((worker for worker in fitting if len(worker.roles) == 1), None)
        if chosen := free or second:
            return chosen
        self.workers.append(self._worker(specialty))
        return self.workers[-1]

    def _staff(self, place: Workplace, team: Sequence[Worker]) -> None:
        """Put the first half of a team at the first site and the rest at the last; one who is between works at both."""
        half = max(2, len(team) // 2)
        for number, worker in enumerate(team):
            self.office.employ(worker, place, place.sites[0 if number < half else -1])
        if len(place.sites) > 1:
            self.office.employ(team[min(1, len(team) - 1)], place, place.sites[-1])
        self._rely_on_role(place, team)

    def _rely_on_role(self, place: Workplace, team: Sequence[Worker]) -> None:
        """In some places a surgeon or anesthesiologist shows a spine practice by nothing but the confirmed role."""
        general = _SHOWN_BY_ROLE.get(self.number % 5, {}).get(team[0].specialty)
        if general and place.level is Level.REVIEWED:
            team[0].practitioner = replace(team[0].practitioner, taxonomies=(general,))

    def _open_own_practices(self) -> None:
        rng = self.office.rng
        alone = [worker for worker in self.workers if not worker.roles]
        for worker in alone:
            age = Age.ENDING if rng.random() < _ENDING_SHARE else Age.FRESH
            self.office.solo(worker, self._zip(), rng.choices(tuple(Level), weights=(55, 33, 12))[0], age)
        for worker in self.workers:
            if worker not in alone and len(worker.roles) == 1 and rng.random() < 0.1:
                self.office.solo(worker, self._zip(), Level.PRACTICE)
        if self.number % 6 == 0 and len(alone) > 1:
            self._share_address(alone[0], alone[1])

    def _share_address(self, first: Worker, second: Worker) -> None:
        """Two practices under one roof: a shared address alone makes nobody an integrated clinic."""
        second.roles[0] = replace(second.roles[0], location=first.roles[0].location)

    def _link_clinics(self) -> None:
        _, partners, pain, therapy, practice = self.places
        if self.number % 5 < 3:
            self._link(pain, therapy)
            self._link(therapy, practice)
            if self.number % 2:
                self._link(partners, pain)
        elif self.number % 5 == 3:
            self._link(pain, therapy, by_partner=False, reason=Reason.ONE_SIDED)
            self._link(partners, practice)
        else:
            self._link(partners, pain, ended=True, reason=Reason.ENDED)
            self._link(practice, pain, by_clinic=False, reason=Reason.ONE_SIDED)

    def _link(
        self,
        clinic: Workplace,
        partner: Workplace,
        *,
        by_clinic: bool = True,
        by_partner: bool = True,
        ended: bool = False,
        reason: Reason | None = None,
    ) -> None:
        rng = self.office.rng
        link = ReferralLink(
            clinic.clinic.id,
            partner.clinic.id,
            days_ago(rng.randint(30, 400)) if by_clinic else None,
            days_ago(rng.randint(30, 400)) if by_partner else None,
            days_ago(rng.randint(2, 29)) if ended else None,
        )
        self.links.append(InventedLink(link, reason))

    def _join_spine_center(self) -> None:
        """In some areas the surgeons' center is in the network too, with links that make a ring and a branch."""
        center, partners, pain, therapy, _ = self.places
        if self.number % 5 < 2:
            self._link(pain, center)
            self._link(center, therapy)
            if self.number % 2 == 0:
                self._link(center, partners)

    def _claim_somebody(self) -> None:
        """A clinic names somebody who never confirmed it: found at their own practice, not at the clinic."""
        alone = [worker for worker in self.workers if worker.roles[0].clinic_id is None]
        if self.number % 3 == 1 and alone:
            place = self.places[-1]
            role = self.office.employ(alone[-1], place, place.sites[0], confirmed=False)
            self.role_reasons[role.id] = Reason.ROLE_UNCONFIRMED
