"""Practice addresses of a real registry week: nearly all are placed, and never outside the state they state."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

from directory.domain.place import STATES, Address
from directory.geocoding import offline_positions

PREFIX = "Provider Business Practice Location Address "


def addresses(folder: Path) -> Iterator[Address]:
    with gzip.open(folder / "nppes" / "npidata_pfile_week_20240122.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row[f"{PREFIX}State Name"] in STATES:
                city, state, code = (row[PREFIX + part] for part in ("City Name", "State Name", "Postal Code"))
                yield Address("", city, state, code[:5])


def test_real_addresses_are_placed_in_their_states(shared_data: Path) -> None:
    positions = offline_positions()
    placed = [(address, positions.place(address)) for address in addresses(shared_data)]
    refused = [placement.reason for _, placement in placed if placement.position.point is None]
    outside = [
        (address.zip, address.state)
        for address, placement in placed
        if placement.position.point is not None and not positions.in_state(placement.position.point, address.state)
    ]
    assert len(placed) > 20_000
    assert len(refused) <= len(placed) // 1_000, refused
    assert outside == []
