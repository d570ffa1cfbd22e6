"""A disk that is really full: a small file system that something else has filled."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from directory.bootstrap import Composition, compose
from directory.domain.application import Application
from directory.domain.errors import EngineUnavailable, NotFound, RecordsUnavailable
from directory.registration.register import RemovalKind
from directory.search.query import Query
from indexer.load import load_seed
from indexer.rebuild import rebuild
from indexer.reporting import Silent
from tests.factories.records import npi
from tests.factories.registration import EMAIL, OWNER

SEED = Path(__file__).resolve().parents[2] / "seed_data"
SIZE_MB = 32
LEFT_BYTES = 64 * 1024


@pytest.fixture
def disk(tmp_path: Path, may_mount: str) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run([may_mount, "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def site(disk: Path) -> Composition:
    """The demonstration on that disk."""
    made = compose({"DIRECTORY_DATA_DIR": str(disk)})
    made.maintenance.upgrade()
    load_seed(SEED, made.loading, today(), Silent())
    rebuild(made.source, made.index("embedded"), made.making(), Silent())
    return made


def today() -> date:
    return datetime.now(UTC).date()


def filled(disk: Path) -> Path:
    """Takes all but a little of the disk."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        file.write(b"\0" * (shutil.disk_usage(disk).free - LEFT_BYTES))
    return filler


def found(site: Composition) -> int:
    return site.engine.search(Query(today(), limit=1)).total


@pytest.mark.fault(7)
def test_a_registration_is_kept_or_refused_and_never_cut_off(disk: Path, site: Composition) -> None:
    filler = filled(disk)
    acknowledged: list[Application] = []
    with pytest.raises(RecordsUnavailable, match="disk of the database is full") as refused:
        acknowledged.extend(site.applying.start(OWNER, EMAIL) for _ in range(1_000))
    assert refused.value.retry_after == 60
    assert {item.id for item in site.applying.mine(OWNER)} == {item.id for item in acknowledged}
    filler.unlink()
    later = site.applying.start(OWNER, EMAIL)
    assert site.applying.read(OWNER, later.id) == later
    with pytest.raises(NotFound):
        site.register.request_removal(f"p{npi(1)}", RemovalKind.HIDE, "please", "ana@example.org")


@pytest.mark.fault(7)
def test_an_index_that_cannot_be_written_leaves_the_old_one_serving(disk: Path, site: Composition) -> None:
    before, index = found(site), site.index("embedded")
    live = index.live()
    filler = filled(disk)
    with pytest.raises(EngineUnavailable, match="No space left on device"):
        rebuild(site.source, index, site.making(), Silent())
    assert (found(site), index.live()) == (before, live)
    filler.unlink()
    rebuilt = rebuild(site.source, index, site.making(), Silent())
    assert found(site) == before
    assert rebuilt.generation.name != live.name
