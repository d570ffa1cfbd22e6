"""Real registry rows, where they lie beside the checkout: counted whole, damaged ones refused, both engines alike."""

import csv
import gzip
from datetime import date
from pathlib import Path

import pytest

from directory.bootstrap import Composition
from directory.domain.errors import InvalidInput
from indexer.load import Loading, Options, RegistryLoader
from indexer.reconcile import reconcile
from indexer.reporting import Silent
from indexer.sources.archive import Table
from tests.integration.indexer.conftest import Site, today

WEEK = "npidata_pfile_week_20240122.csv.gz"
SAMPLE = "sample-nppes-practitioner_20181204-data.csv"
ORGANIZATIONS = "sample-nppes-organization-data.csv"
DAMAGED = "damaged_by_spreadsheet_sample.csv"


def load(composition: Composition, path: Path, folder: Path, *, day: date | None = None, **chosen: bool) -> Loading:
    """The file with the positions that the product gives."""
    loader = RegistryLoader(composition.loading, composition.vocabulary, composition.positions, today(), Silent())
    options = Options(folder / "rejects", 120, stated_date=day, accept_old=True, allow_older=True, **chosen)
    return loader.load(path, options)


def rows_in(path: Path) -> int:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def test_a_week_is_counted_whole_and_found_on_either_engine(any_site: Site, shared_data: Path) -> None:
    path = shared_data / "nppes" / WEEK
    done = load(any_site.composition, path, any_site.folder)
    tally = done.tally
    assert tally.rows == rows_in(path) == 25_515
    assert tally.loaded + tally.skipped + tally.deactivated + tally.rejected == tally.rows
    assert (tally.deactivated, tally.rejected) == (1_002, 0)
    assert done.kept.added == tally.loaded
    built = any_site.rebuild()
    assert (built.generation.listings, built.refused) == (tally.loaded, ())
    source, making = any_site.composition.source, any_site.composition.making()
    assert reconcile(source, any_site.index, making, Silent()).first.differences == 0


def test_the_older_layout_keeps_leading_zeros(site: Site, shared_data: Path) -> None:
    path = shared_data / "nppes" / SAMPLE
    done = load(site.composition, path, site.folder)
    assert (done.tally.rows, done.tally.rejected) == (rows_in(path), 0)
    zips = {role.location.address.zip for record in site.composition.source.records() for role in record.roles}
    assert zips
    assert all(len(code) == 5 and code.startswith("0") for code in zips)


def test_organizations_need_a_day_and_then_are_counted(site: Site, shared_data: Path) -> None:
    path = shared_data / "nppes" / ORGANIZATIONS
    with pytest.raises(InvalidInput, match="--file-date"):
        load(site.composition, path, site.folder)
    done = load(site.composition, path, site.folder, day=date(2018, 12, 4))
    assert (done.tally.rows, done.tally.kinds["practitioners"]) == (40, 0)
    assert done.tally.kinds["clinics"] == done.tally.loaded > 0


def test_what_a_spreadsheet_damaged_is_refused_or_mended(site: Site, shared_data: Path) -> None:
    path, day = shared_data / "nppes" / DAMAGED, date(2024, 1, 1)
    with pytest.raises(InvalidInput, match="went through a spreadsheet"):
        load(site.composition, path, site.folder, day=day)
    assert site.composition.source.count() == 0
    done = load(site.composition, path, site.folder, day=day, mend=True)
    assert done.tally.rows == 1_000
    for record in site.composition.source.records():
        places = record.roles if hasattr(record, "roles") else record.sites
        for place in places:
            address = place.location.address
            assert len(address.zip) == 5
            assert site.composition.positions.place(address).quarantined is False, address
            assert place.contact.phone == "" or place.contact.phone.startswith("+1")


FURTHER = {
    "pl_pfile_20251103-20251109.csv.gz": 9_528,
    "othername_pfile_20251103-20251109.csv.gz": 2_427,
    "endpoint_pfile_20251103-20251109.csv.gz": 2_607,
}


def test_further_tables_of_a_real_week_are_counted_whole_and_join_whom_the_main_table_lists(
    any_site: Site, shared_data: Path
) -> None:
    folder, composition = shared_data / "nppes", any_site.composition
    main = load(composition, folder / WEEK, any_site.folder, everybody=True)
    added = 0
    for name, rows in FURTHER.items():
        done = load(composition, folder / name, any_site.folder)
        ((table, brought),) = done.further.items()
        tally = brought.tally
        assert tally.rows == rows_in(folder / name) == rows
        assert tally.loaded + tally.skipped + tally.rejected == rows
        assert 0 < tally.loaded < rows
        assert tally.skipped_because["number that the main table does not list here"] > rows / 2
        added += tally.loaded if table is Table.LOCATIONS else 0
    built = any_site.rebuild()
    assert (built.generation.listings, built.refused) == (main.tally.loaded + added, ())
    making = composition.making()
    assert reconcile(composition.source, any_site.index, making, Silent()).first.differences == 0
    for record in composition.source.records():
        for place in record.roles if hasattr(record, "roles") else record.sites:
            assert (
                not composition.positions.place(place.location.address).quarantined
                or place.location.position.point is None
            )
