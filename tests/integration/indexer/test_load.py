"""Registry files in the records: counted, repeatable, in order, and nothing from a damaged one."""

import csv
import gzip
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from directory.domain.errors import InvalidInput, RecordsUnavailable
from directory.registration.loading import Dataset, LoadFile, OutOfOrder, PractitionerEntry, Tally
from directory.search.listing import Level
from indexer import load as loading
from indexer.cli import SEED
from indexer.reporting import Silent
from indexer.sources import batches
from tests.factories.registry import deactivation, individual, number, organization, table
from tests.integration.indexer.conftest import Site, last_week, today

DENTIST = "122300000X"


@pytest.mark.fault(20)
def test_every_row_is_counted_once_and_the_counts_are_kept(site: Site) -> None:
    path = site.file(individual(1), organization(2), individual(3, DENTIST), deactivation(4), individual(5, state="XX"))
    path.write_bytes(path.read_bytes() + b'"too","few"\n')
    done = site.load_file(path)
    four = {name: done.counts[name] for name in ("rows", "loaded", "skipped", "deactivated", "rejected")}
    assert four == {"rows": 6, "loaded": 2, "skipped": 1, "deactivated": 1, "rejected": 2}
    assert done.counts["rejected: practice state is none of the states"] == 1
    assert done.counts["skipped: no taxonomy of this directory"] == 1
    (kept,) = site.composition.loading.latest()
    assert (kept.counts, kept.file.name, kept.file.date) == (done.counts, path.name, today())
    assert kept.finished_at is not None


@pytest.mark.fault(37)
def test_rejected_rows_go_to_a_file_that_no_spreadsheet_executes(site: Site) -> None:
    done = site.load(individual(1), individual(2, npi="=HYPERLINK()"), individual(3, npi="+1", entity="2"))
    assert done.rejects is not None
    with done.rejects.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [
            ["line", "npi", "reason", "table"],
            ["3", "'=HYPERLINK()", "NPI is not ten digits", done.file.name],
            ["4", "'+1", "NPI is not ten digits", done.file.name],
        ]


def test_a_sound_file_leaves_no_rejects_behind(site: Site) -> None:
    before = site.load(individual(1, npi="5"))
    assert before.rejects is not None
    assert site.load(individual(1)).rejects is None
    assert not before.rejects.exists()


@pytest.mark.fault(23)
def test_loading_a_file_twice_changes_nothing(site: Site) -> None:
    path = site.file(individual(1), organization(2))
    first = site.load_file(path)
    revision = site.composition.source.position()
    again = site.load_file(path)
    assert (again.already, again.load_id, again.counts) == (True, first.load_id, first.counts)
    repeated = site.load_file(path, repeat=True)
    assert repeated.kept == Tally(unchanged=2)
    assert site.composition.source.position() == revision


@pytest.mark.fault(23)
def test_an_older_file_is_refused_and_let_in_only_on_request(site: Site) -> None:
    site.load(individual(1, city="CHICAGO"))
    with pytest.raises(OutOfOrder, match="in the order of their dates"):
        site.load(individual(1, city="EVANSTON"), day=last_week())
    done = site.load(individual(1, city="EVANSTON"), individual(2), day=last_week(), allow_older=True)
    assert (done.kept.older, done.kept.added) == (1, 1)
    record = site.composition.source.record(f"p{number(1)}")
    assert record is not None
    assert record.roles[0].location.address.city == "Chicago"


@pytest.mark.fault(19)
@pytest.mark.parametrize("cut", [10, 200])
def test_a_truncated_archive_loads_nothing(site: Site, cut: int) -> None:
    path = site.folder / "npidata_pfile_20260101.csv.gz"
    path.write_bytes(gzip.compress(table(individual(serial) for serial in range(1, 50)))[:-cut])
    with pytest.raises(InvalidInput, match="truncated or damaged"):
        site.load_file(path)
    assert site.composition.source.count() == 0
    assert site.composition.loading.latest() == ()


@pytest.mark.fault(21)
def test_a_file_of_another_layout_loads_nothing(site: Site) -> None:
    path = site.file(individual(1))
    path.write_bytes(path.read_bytes().replace(b"NPI Deactivation Date", b"NPI Deactivated On"))
    with pytest.raises(InvalidInput, match="Missing: NPI Deactivation Date"):
        site.load_file(path)
    assert site.composition.loading.latest() == ()


def test_a_spreadsheet_is_named_before_a_missing_date(site: Site) -> None:
    damaged = individual(1) | {"Provider Business Practice Location Address Postal Code": "60614.0"}
    with pytest.raises(InvalidInput, match="spreadsheet"):
        site.load_file(site.file(damaged, name="from_excel.csv"))


def test_an_old_file_is_refused_or_says_so_on_every_card(any_site: Site) -> None:
    old = today() - timedelta(days=500)
    with pytest.raises(InvalidInput, match="--accept-old"):
        any_site.load(individual(1), day=old)
    any_site.load(individual(1), day=old, accept_old=True)
    any_site.rebuild()
    (listing,) = any_site.found(number(1))
    assert "old_registry_file" in listing.card.notices
    assert (listing.checked_on, listing.expires_on) == (old, today() + timedelta(days=120))
    assert {line.level for line in listing.card.evidence} == {Level.REGISTRY}


@pytest.mark.fault(22)
def test_deactivated_numbers_leave_search_and_come_back(any_site: Site) -> None:
    any_site.load(individual(1), organization(2), individual(3), day=last_week())
    any_site.rebuild()
    assert all(any_site.found(number(serial)) for serial in (1, 2, 3))
    any_site.load(deactivation(1), deactivation(2), day=last_week() + timedelta(days=1))
    any_site.sync()
    assert [bool(any_site.found(number(serial))) for serial in (1, 2, 3)] == [False, False, True]
    back = {"deactivated": "01/02/2026", "reactivated": "01/03/2026"}
    any_site.load(individual(1, **back), organization(2, **back))
    any_site.sync()
    assert all(any_site.found(number(serial)) for serial in (1, 2, 3))


def test_who_changed_to_another_taxonomy_or_moved_abroad_leaves(any_site: Site) -> None:
    any_site.load(individual(1), organization(2), individual(3), individual(4), day=last_week())
    any_site.rebuild()
    abroad = individual(3, country="IT", state="VENETO", postal="30100")
    done = any_site.load(individual(1, DENTIST), organization(2, "282N00000X"), abroad, individual(9, DENTIST))
    assert done.withdrawn == 3
    any_site.sync()
    assert [bool(any_site.found(number(serial))) for serial in (1, 2, 3, 4)] == [False, False, False, True]


def test_a_row_that_is_rejected_keeps_what_is_held(any_site: Site) -> None:
    any_site.load(individual(1), day=last_week())
    any_site.rebuild()
    any_site.load(individual(1, state="XX"))
    any_site.sync()
    assert any_site.found(number(1))


def test_of_two_rows_with_one_number_the_last_counts(site: Site) -> None:
    done = site.load(individual(1, city="CHICAGO"), individual(1, city="EVANSTON"), individual(2), deactivation(2))
    assert (done.tally.rows, done.tally.loaded) == (4, 3)
    record = site.composition.source.record(f"p{number(1)}")
    assert record is not None
    assert record.roles[0].location.address.city == "Evanston"
    assert site.composition.source.record(f"p{number(2)}") is None


def test_of_a_skipped_and_a_listed_row_with_one_number_the_last_counts_too(site: Site) -> None:
    site.load(individual(1), individual(2), day=last_week())
    site.load(individual(1, DENTIST), individual(1), individual(2), individual(2, DENTIST))
    first, second = (site.composition.source.record(f"p{number(serial)}") for serial in (1, 2))
    assert first is not None
    assert second is not None
    assert (len(first.roles), len(second.roles)) == (1, 0)


class _FailsOnce:
    """The records, which do not answer when the second batch comes."""

    def __init__(self, site: Site) -> None:
        self._loading, self._batches = site.composition.loading, 0

    def begin(self, held: Dataset, file: LoadFile, **options: Any) -> object:
        load = self._loading.begin(held, file, **options)
        take = load.practitioners

        def practitioners(entries: Iterable[PractitionerEntry]) -> Tally:
            self._batches += 1
            if self._batches == 2:
                raise RecordsUnavailable("The database is busy.")
            return take(entries)

        load.practitioners = practitioners  # type: ignore[method-assign]
        return load


@pytest.fixture
def cut_off_file(site: Site, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of twelve, whose load was cut off after the first five."""
    monkeypatch.setattr(batches, "BATCH", 5)
    path = site.file(*(individual(serial) for serial in range(1, 13)))
    with monkeypatch.context() as patched:
        patched.setitem(vars(site.composition), "loading", _FailsOnce(site))
        with pytest.raises(RecordsUnavailable):
            site.load_file(path)
    return path


def test_a_load_that_was_cut_off_goes_on_where_it_was(
    site: Site, cut_off_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cut_off,) = site.composition.loading.latest()
    assert (cut_off.finished_at, site.composition.source.count()) == (None, 5)
    assert (cut_off.counts["rows"], cut_off.counts["added"]) == (5, 5)
    taken = _Watched(site)
    with monkeypatch.context() as patched:
        patched.setitem(vars(site.composition), "loading", taken)
        done = site.load_file(cut_off_file)
    assert (done.load_id, done.kept) == (cut_off.id, Tally(added=12))
    assert (done.tally.rows, done.tally.loaded) == (12, 12)
    assert taken.npis == {number(serial) for serial in range(6, 13)}
    assert site.composition.source.count() == 12


def test_other_options_do_not_go_on_where_a_load_was_cut_off(site: Site, cut_off_file: Path) -> None:
    done = site.load_file(cut_off_file, everybody=True)
    assert (done.load_id, done.kept) == (2, Tally(added=7, unchanged=5))


class _Watched:
    """The records, which note whom they are given."""

    def __init__(self, site: Site) -> None:
        self._loading = site.composition.loading
        self.npis: set[str] = set()

    def begin(self, held: Dataset, file: LoadFile, **options: Any) -> object:
        load = self._loading.begin(held, file, **options)
        take = load.practitioners

        def practitioners(entries: Iterable[PractitionerEntry]) -> Tally:
            given = list(entries)
            self.npis |= {entry.key for entry in given}
            return take(given)

        load.practitioners = practitioners  # type: ignore[method-assign]
        return load


@pytest.mark.fault(24)
def test_a_quarantined_position_is_counted_and_found_by_state_only(any_site: Site) -> None:
    any_site.positions = type(any_site.positions)(foreign=["60614"])
    done = any_site.load(individual(1))
    assert done.counts["note: position refused: outside the stated state"] == 1
    any_site.rebuild()
    (listing,) = any_site.found(number(1))
    assert (listing.point, listing.card.address.state) == (None, "IL")


def test_registry_rows_never_join_a_demonstration(site: Site) -> None:
    loading.load_seed(SEED, site.composition.loading, today(), Silent())
    with pytest.raises(InvalidInput, match="never join"):
        site.load(individual(1))


def test_the_demonstration_is_found_as_its_files_say(any_site: Site) -> None:
    done = loading.load_seed(SEED, any_site.composition.loading, today(), Silent())
    assert done.counts["practitioners"] > 500
    any_site.rebuild()
    for raw in orjson.loads((SEED / "practitioners.json").read_bytes()):
        expected = sum("must_not_be_found" not in role for role in raw["roles"] if "must_not_be_found" not in raw)
        listings = any_site.found(raw["npi"])
        assert (len({item.id for item in listings}) > 0) == (expected > 0), raw["npi"]
        assert all("demonstration" in item.card.notices for item in listings)


def test_the_demonstration_never_ages(site: Site) -> None:
    for day in (date(2026, 1, 1), date(2027, 6, 1)):
        seed = loading.read_seed(SEED, day)
        latest = max(item.checked_on for entry in seed.practitioners for role in entry.roles for item in role.evidence)
        assert day - timedelta(days=30) < latest <= day
