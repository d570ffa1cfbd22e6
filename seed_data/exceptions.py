"""What a search must not find: each is sound in every way but one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle

from directory.domain.clinic import Clinic
from directory.domain.evidence import Evidence, Level
from directory.domain.practitioner import Practitioner
from seed_data.checks import Age, days_ago
from seed_data.dataset import InventedClinic, InventedPractitioner, Reason
from seed_data.office import Office, Worker
from seed_data.town import Town

_PRACTITIONERS = {
    Reason.EXPIRED: 8,
    Reason.UNVERIFIED: 6,
    Reason.ROLE_UNCONFIRMED: 5,
    Reason.HIDDEN: 4,
    Reason.DEACTIVATED: 4,
    Reason.WITHHELD_SPECIALTY: 5,
}
_CLINICS = {Reason.EXPIRED: 4, Reason.UNVERIFIED: 3, Reason.HIDDEN: 2, Reason.DEACTIVATED: 2}
_SECOND_ADDRESSES = {Reason.EXPIRED: 6, Reason.UNVERIFIED: 3}
_SPECIALTIES = ("chiropractor", "physical_therapist", "physiatrist", "pain_management", "primary_care")
_WITHHELD = {"pain_management": "207L00000X", "spine_surgeon_orthopedic": "207X00000X"}
_CLINIC_ENDINGS = ("Spine Clinic", "Back Center", "Pain & Rehab")


def add_second_addresses(office: Office, towns: Sequence[Town]) -> None:
    """Give some who are found a second address, at which they must not be."""
    for town, reason in zip(towns[::3], _repeated(_SECOND_ADDRESSES), strict=False):
        worker = next(worker for worker in town.workers if worker.roles[0].clinic_id is None)
        role = office.solo(worker, town.zips[0], Level.PRACTICE)
        worker.roles[-1] = replace(role, evidence=_evidence(reason, Level.PRACTICE, office))
        town.role_reasons[role.id] = reason
        partnership = town.places[1]
        site = office.site(town.zips[-1], Level.PRACTICE, partnership.sites[0].contact, _SPECIALTIES[:1])
        partnership.sites.append(replace(site, evidence=_evidence(reason, Level.PRACTICE, office)))
        town.site_reasons[site.location.id] = reason


def practitioners(office: Office, towns: Sequence[Town]) -> Iterator[InventedPractitioner]:
    """Yield practitioners of whom nothing may be found, for every reason there is."""
    turns, specialties, withheld = cycle(towns), cycle(_SPECIALTIES), cycle(_WITHHELD)
    for reason in _repeated(_PRACTITIONERS):
        specialty = next(withheld if reason is Reason.WITHHELD_SPECIALTY else specialties)
        yield _practitioner(office, next(turns), reason, specialty)


def clinics(office: Office, towns: Sequence[Town]) -> Iterator[InventedClinic]:
    """Yield clinics of which nothing may be found, for every reason there is."""
    turns, endings = cycle(reversed(towns)), cycle(_CLINIC_ENDINGS)
    for reason in _repeated(_CLINICS):
        yield _clinic(office, next(turns), reason, next(endings))


def _repeated(counts: dict[Reason, int]) -> list[Reason]:
    return [reason for reason, count in counts.items() for _ in range(count)]


def _practitioner(office: Office, town: Town, reason: Reason, specialty: str) -> InventedPractitioner:
    worker = office.worker(specialty, town.zips[0])
    if reason is Reason.ROLE_UNCONFIRMED:
        office.employ(worker, town.places[0], town.places[0].sites[0], confirmed=False)
    else:
        _open_practice(office, town, reason, worker)
    person = _flawed(worker.practitioner, reason, _WITHHELD.get(specialty))
    return InventedPractitioner(town.area, person, tuple(worker.roles), reason)


def _open_practice(office: Office, town: Town, reason: Reason, worker: Worker) -> None:
    level = office.rng.choice(tuple(Level))
    role = office.solo(worker, town.zips[0], level)
    worker.roles[-1] = replace(role, evidence=_evidence(reason, level, office))


def _flawed(person: Practitioner, reason: Reason, withheld: str | None) -> Practitioner:
    match reason:
        case Reason.HIDDEN:
            return replace(person, hidden=True)
        case Reason.DEACTIVATED:
            return replace(person, deactivated_on=days_ago(20))
        case Reason.WITHHELD_SPECIALTY if withheld:
            return replace(person, taxonomies=(withheld,))
        case _:
            return person


def _clinic(office: Office, town: Town, reason: Reason, ending: str) -> InventedClinic:
    level = office.rng.choice(tuple(Level))
    place = office.workplace(office.clinic_name(ending), ("261QR0400X",), _SPECIALTIES[:2], level, town.zips[:1])
    sites = tuple(replace(site, evidence=_evidence(reason, level, office)) for site in place.sites)
    return InventedClinic(town.area, _flawed_clinic(place.clinic, reason), sites, reason)


def _flawed_clinic(clinic: Clinic, reason: Reason) -> Clinic:
    match reason:
        case Reason.HIDDEN:
            return replace(clinic, hidden=True)
        case Reason.DEACTIVATED:
            return replace(clinic, deactivated_on=days_ago(20))
        case _:
            return clinic


def _evidence(reason: Reason, level: Level, office: Office) -> tuple[Evidence, ...]:
    match reason:
        case Reason.UNVERIFIED:
            return ()
        case Reason.EXPIRED:
            return office.checks(level, Age.EXPIRED)
        case _:
            return office.checks(level)
