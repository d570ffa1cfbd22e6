"""Clinics as listings that know nothing but their referral partners."""

from datetime import date, timedelta

from directory.domain.place import Address
from directory.search.listing import Card, Field, Kind, Listing

TODAY = date(2026, 3, 1)


def clinic(key: str, *partners: str, site: str = "1", days: int = 60) -> Listing:
    return Listing(
        id=f"c{key}.{site}",
        kind=Kind.CLINIC,
        npi="",
        name=f"Clinic {key}",
        sort_name=f"clinic {key}",
        version=1,
        checked_on=TODAY,
        expires_on=TODAY + timedelta(days=days),
        card=Card(Address("1 Main St", "Chicago", "IL", "60614"), clinic_id=key),
        tokens={Field.CLINIC: (key,), Field.PARTNER: partners},
    )
