"""Which addresses are one place."""

import pytest

from directory.domain.address import location_id
from directory.domain.place import Address

PLAIN = Address("100 North Main Street", "St. José", "CA", "95110", "Suite 4")
SAME = [
    Address("100 NORTH MAIN STREET", "ST JOSE", "CA", "95110", "SUITE 4"),
    Address("100 N. Main St.", "St. Jose", "CA", "95110", "Ste. 4"),
    Address("100 N Main St Ste 4", "St. José", "CA", "95110"),
    Address("  100  N Main St,", "St. José ", "CA", "95110", "#Ste-4"),
]
OTHER = [
    Address("100 North Main Street", "St. José", "CA", "95110", "Suite 5"),
    Address("100 North Main Street", "St. José", "CA", "95110"),
    Address("100 South Main Street", "St. José", "CA", "95110", "Suite 4"),
    Address("1004 North Main Street", "St. José", "CA", "95110"),
    Address("100 North Main Street", "St. José", "CA", "95111", "Suite 4"),
    Address("100 North Main Street", "St. José", "CO", "95110", "Suite 4"),
    Address("100 North Main Street", "San José", "CA", "95110", "Suite 4"),
]


@pytest.mark.parametrize("address", SAME)
def test_spellings_of_one_address_have_one_id(address: Address) -> None:
    assert location_id(address) == location_id(PLAIN)


def test_other_addresses_have_other_ids() -> None:
    ids = [location_id(address) for address in (PLAIN, *OTHER)]
    assert len(set(ids)) == len(ids)


def test_an_id_does_not_change_between_versions() -> None:
    """It is stored, and part of every listing's id: another value would make every page move."""
    assert location_id(PLAIN) == "a23161a81a04d087"


def test_parts_do_not_run_into_each_other() -> None:
    assert location_id(Address("1 A", "B", "CA", "95110")) != location_id(Address("1", "A B", "CA", "95110"))
