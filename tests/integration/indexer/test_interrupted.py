"""A load that is killed halfway: said so, safe, and taken up where it was."""

import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from directory.bootstrap import Composition
from directory.registration.loading import Dataset, LoadFile, OutOfOrder
from directory.search.document import listings
from indexer.load import Loading
from indexer.provenance import State
from indexer.sources.archive import Table
from indexer.status import Status, status
from tests.factories import further as make
from tests.factories import loads
from tests.factories.registry import individual, number, table
from tests.integration.indexer.conftest import Site, last_week, today

PEOPLE, BATCH, BATCHES = 40, 10, 2
_CHILD = """
    import sys, threading
    from datetime import date
    from pathlib import Path
    from directory.bootstrap import Composition
    from directory.records import loading as records
    from directory.settings import Settings
    from indexer.load import Options, RegistryLoader
    from indexer.reporting import Silent
    from indexer.sources import batches
    from tests.fakes.positions import FixedPositions

    folder, file, after, table = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    batches.BATCH = {batch}
    stop, calls = records.SqlLoad.{method}, 0

    def wait(load, *given, **named):
        global calls
        found = stop(load, *given, **named)
        calls += 1
        if calls == after:
            print("there", flush=True)
            threading.Event().wait()
        return found

    records.SqlLoad.{method} = wait
    composition = Composition(Settings(data_dir=folder, database_url=f"sqlite:///{{folder / 'directory.sqlite'}}",
                                       engine="embedded", index_dir=folder / "index"))
    loader = RegistryLoader(composition.loading, composition.vocabulary, FixedPositions(),
                            date.fromisoformat(table), Silent())
    loader.load(file, Options(folder / "rejects", 120))
"""


def archive(site: Site, people: int = PEOPLE) -> Path:
    span = f"{today() - timedelta(days=6):%Y%m%d}-{today():%Y%m%d}"
    places = [make.place(serial) for serial in range(1, people + 1)]
    members = {
        f"pl_pfile_{span}.csv": make.written(make.PLACES, places),
        f"npidata_pfile_{span}.csv": table(individual(serial) for serial in range(1, people + 1)),
    }
    return make.archive(site.folder / "week.zip", members)


def killed(site: Site, path: Path, *, method: str, after: int) -> None:
    """Loads the file in a process that is killed once a method of the load has returned so often."""
    code = textwrap.dedent(_CHILD).format(batch=BATCH, method=method)
    given = [sys.executable, "-c", code, str(site.folder), str(path), str(after), today().isoformat()]
    with subprocess.Popen(given, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "there\n"
        child.send_signal(signal.SIGKILL)
        child.wait()


def stands(site: Site, after: timedelta = timedelta()) -> Status:
    composition: Composition = site.composition
    moment = datetime.now(UTC) + after
    return status(composition.source, [site.index], composition.loading, "f", today(), moment)


def resumed(site: Site, path: Path, monkeypatch: pytest.MonkeyPatch) -> Loading:
    monkeypatch.setattr("indexer.sources.batches.BATCH", BATCH)
    return site.load_file(path)


def everything(site: Site) -> dict[str, object]:
    making = site.composition.making()
    found = {item.id: item for record in site.composition.source.records() for item in listings(record, making)}
    return {key: (item.name, item.tokens, item.card, item.expires_on) for key, item in found.items()}


@pytest.mark.fault(15)
@pytest.mark.parametrize(
    ("method", "after", "rows", "held"),
    [
        ("advance", BATCHES, 20, 20),
        ("practitioners", 2, 10, 20),
        ("further", 1, 40, 40),
        ("withdraw_further", 1, 40, 40),
    ],
)
def test_a_killed_load_says_so_and_goes_on(
    site: Site, monkeypatch: pytest.MonkeyPatch, method: str, after: int, rows: int, held: int
) -> None:
    path = archive(site)
    killed(site, path, method=method, after=after)
    (load,) = stands(site).loads
    assert (load.state, load.finished_at, load.counts["rows"]) == (State.RUNNING, None, rows)
    (load,) = stands(site, timedelta(minutes=5)).loads
    assert load.state is State.INTERRUPTED
    assert site.composition.source.count() == held
    site.rebuild()
    part = everything(site)
    done = resumed(site, path, monkeypatch)
    assert (done.load_id, done.tally.rows, done.tally.loaded) == (load.id, PEOPLE, PEOPLE)
    brought = done.further[Table.LOCATIONS]
    assert (brought.tally.rows, brought.tally.loaded) == (PEOPLE, PEOPLE)
    (load,) = stands(site).loads
    assert (load.state, load.tables["npidata_pfile"]["rows"], load.tables["pl_pfile"]["rows"]) == (
        State.FINISHED, PEOPLE, PEOPLE,
    )  # fmt: skip
    site.sync()
    whole = everything(site)
    assert len(whole) == 2 * PEOPLE
    assert all(len(site.found(number(serial))) == 2 for serial in (1, PEOPLE))
    for key, found in part.items():
        # Whoever was there already stood there whole; their other location only came to their card.
        assert found[:2] == whole[key][:2]  # type: ignore[index]


def indices(site: Site) -> set[str]:
    with site.composition.database.connect() as connection:
        return set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'").scalars())


LEFT_OUT = {
    "ix_role_npi", "ix_role_location_id", "ix_clinic_site_location_id", "ix_evidence_role_id", "ix_evidence_site_id",
}  # fmt: skip


@pytest.mark.parametrize("method", ["clinics", "practitioners", "advance"])
def test_the_next_command_makes_the_indices_that_a_killed_first_load_left_out(
    site: Site, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    before, path = indices(site), archive(site)
    assert before >= LEFT_OUT
    killed(site, path, method=method, after=2)
    assert before - indices(site) == LEFT_OUT
    if method == "clinics":
        resumed(site, path, monkeypatch)
    else:
        site.composition.maintenance.mend()
    assert indices(site) == before
    site.rebuild()
    assert len({entry.id.partition(".")[0] for entry in site.index.entries()}) == site.composition.source.count()


def test_a_first_load_at_work_keeps_its_tables_as_they_are(site: Site) -> None:
    before = indices(site)
    load = site.composition.loading.begin(Dataset.REGISTRY, LoadFile("nppes", "a.csv", "a" * 64, today()))
    load.practitioners([loads.person(1)])
    site.composition.maintenance.mend()
    assert before - indices(site) == LEFT_OUT
    load.practitioners([loads.person(1, loads.place("2 Elm St"))])
    assert indices(site) == before
    load.finish({})
    assert indices(site) == before


def test_finished_batches_are_not_done_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(site)
    killed(site, path, method="advance", after=BATCHES)
    before = site.composition.source.position()
    done = resumed(site, path, monkeypatch)
    assert done.kept.added == PEOPLE
    assert done.kept.unchanged == 0
    assert site.composition.source.position() == before + (PEOPLE - BATCHES * BATCH) // BATCH + 1


@pytest.mark.fault(23)
def test_a_week_twice_is_no_work_and_one_out_of_order_is_refused(site: Site) -> None:
    path = archive(site, 3)
    site.load_file(path)
    assert site.load_file(path).already
    assert len(stands(site).loads) == 1
    with pytest.raises(OutOfOrder, match="load files in the order of their dates"):
        site.load(individual(1), day=last_week())
    for kind, rows in ((Table.LOCATIONS, [make.place(1)]), (Table.ENDPOINTS, [])):
        columns = make.PLACES if rows else make.ENDPOINTS
        newer, older = (site.folder / f"{kind}_{day:%Y%m%d}.csv" for day in (today(), last_week()))
        for name in (newer, older):
            name.write_bytes(make.written(columns, rows))
        assert not site.load_file(newer).already
        assert site.load_file(newer).already
        with pytest.raises(OutOfOrder, match="load files in the order of their dates"):
            site.load_file(older)


def test_options_are_kept_with_the_load(site: Site) -> None:
    old = today() - timedelta(days=500)
    site.load(individual(1), day=old, accept_old=True, everybody=True, mend=True)
    (load,) = stands(site).loads
    vocabulary = site.composition.vocabulary.fingerprint[:16]
    assert load.options == {"taxonomies": "all", "mend": "yes", "accept-old": "yes", "vocabulary": vocabulary}
    assert (load.file.date, len(load.file.sha256), load.seconds is not None) == (old, 64, True)
