"""Listings that invented records make on a day."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from directory.domain.clinic import ReferralLink, networks
from directory.search.document import Making, listings
from directory.search.listing import Listing, PartnerClinic
from directory.search.source import ClinicRecord, PractitionerRecord, StaffMember
from directory.vocabulary import load
from seed_data.checks import LOAD_DAY
from seed_data.dataset import Dataset, InventedClinic, InventedPractitioner


def of_practitioner(item: InventedPractitioner, today: date = LOAD_DAY) -> tuple[Listing, ...]:
    return listings(PractitionerRecord(item.practitioner, item.roles, 1), _making(today))


def of_clinic_alone(item: InventedClinic, today: date = LOAD_DAY) -> tuple[Listing, ...]:
    """Listings of a clinic without its people and partners."""
    return listings(ClinicRecord(item.clinic, item.sites, (), (), "", 1), _making(today))


def of_clinics(dataset: Dataset) -> Iterator[tuple[str, tuple[Listing, ...]]]:
    """Clinic id and listings of each clinic, with its people and partners."""
    staff: dict[str, list[StaffMember]] = defaultdict(list)
    for person in dataset.practitioners:
        for role in person.roles:
            if role.clinic_id and role.confirmed_on:
                staff[role.clinic_id].append(StaffMember(person.practitioner, role))
    links = [item.link for item in dataset.links]
    network_of = networks(links)
    by_id = {item.clinic.id: item for item in dataset.clinics}
    for key, item in by_id.items():
        partners = tuple(_partner(by_id[other]) for other in _partners(key, links))
        record = ClinicRecord(item.clinic, item.sites, tuple(staff[key]), partners, network_of.get(key, ""), 1)
        yield key, listings(record, _making(LOAD_DAY))


def _making(today: date) -> Making:
    return Making(load(), today, demonstration=True)


def _partners(clinic_id: str, links: list[ReferralLink]) -> Iterator[str]:
    for link in links:
        if link.confirmed and clinic_id in (link.clinic_id, link.partner_id):
            yield link.partner_id if link.clinic_id == clinic_id else link.clinic_id


def _partner(item: InventedClinic) -> PartnerClinic:
    address = item.sites[0].location.address
    return PartnerClinic(item.clinic.id, item.clinic.name, address.city, address.state, ())
