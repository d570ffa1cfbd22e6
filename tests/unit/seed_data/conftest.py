"""The generated records, and the listings they make on the day of loading."""

from collections.abc import Mapping

import pytest

from directory.search.listing import Listing
from seed_data.dataset import Dataset
from seed_data.generate import build
from tests.unit.seed_data.listed import of_clinics, of_practitioner


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return build()


@pytest.fixture(scope="session")
def practitioner_listings(dataset: Dataset) -> Mapping[str, tuple[Listing, ...]]:
    """Listings on the day of loading, by NPI."""
    return {item.practitioner.npi: of_practitioner(item) for item in dataset.practitioners}


@pytest.fixture(scope="session")
def clinic_listings(dataset: Dataset) -> Mapping[str, tuple[Listing, ...]]:
    """Listings on the day of loading, by clinic id."""
    return dict(of_clinics(dataset))
