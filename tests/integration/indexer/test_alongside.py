"""An index made while the first load goes on: the same, listing for listing, as one made from the records after it."""

import os
import signal
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import insert

from directory.domain.errors import PromotionRefused
from directory.records.tables import exclusion
from directory.registration.loading import Dataset, Taken
from directory.search.index import Entry
from indexer import alongside as making_alongside
from indexer.alongside import Maker, alongside
from indexer.load import Loading, Onlooker, Options, RegistryLoader
from indexer.publishing import Published
from indexer.reporting import Silent
from indexer.sources import batches
from tests.factories import further as make
from tests.factories import loads
from tests.factories.registry import deactivation, individual, number, organization, table
from tests.fakes.positions import FixedPositions
from tests.integration.indexer.conftest import Site, today

DENTIST = "122300000X"
ROWS = (
    individual(1),
    # The same place as another writes it: held as whoever came first.
    individual(2, line1="100 NORTH EXAMPLE STREET"),
    organization(3, line1="100 N. EXAMPLE ST."),
    individual(4, postal="999991234"),
    organization(5, other_organization="ANOTHER NAME"),
    individual(6, DENTIST),
    deactivation(7),
    individual(8, line1="5 OTHER ST"),
    # Rows of a number that came before: moved, gone, out of use.
    individual(1, line1="9 NEW PLACE"),
    organization(5, DENTIST),
    deactivation(8),
    individual(9, line1="9 NEW PL"),
    individual(10, "207X00000X"),
)


@dataclass
class Heard:
    """What a load tells, for the test, and then for whoever makes the index."""

    other: Onlooker
    told: list[Taken | None] = field(default_factory=list)

    def take(self, taken: Taken | None, piece: bytes = b"") -> None:
        self.told.append(taken)
        self.other.take(taken, piece)


def loaded(site: Site, path: Path, onlooker: Onlooker) -> Loading:
    parts = site.composition.loading, site.composition.vocabulary, FixedPositions(unknown={"99999"}), today()
    loader = RegistryLoader(*parts, Silent(), onlooker=onlooker)
    return loader.load(path, Options(site.folder / "rejects", 120))


def made(site: Site, path: Path) -> Published | None:
    with alongside(site.index, site.composition.source, site.composition.making()) as maker:
        loaded(site, path, maker)
        return maker.published()


def held(site: Site) -> list[Entry]:
    return sorted(site.index.entries(), key=lambda entry: entry.id)


@pytest.fixture(autouse=True, params=[2, 5, 100])
def _rows_at_a_time(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", request.param)


@pytest.fixture
def archive(site: Site) -> Path:
    span = f"20050523-{today():%Y%m%d}"
    members = {
        f"npidata_pfile_{span}.csv": table(ROWS),
        f"pl_pfile_{span}.csv": make.written(make.PLACES, [make.place(2), make.place(3, "5 OTHER ST")]),
        f"othername_pfile_{span}.csv": make.written(make.NAMES, [make.name(3, "THIRD NAME")]),
    }
    return make.archive(site.folder / "whole.zip", members)


def test_it_holds_what_a_rebuild_finds(any_site: Site) -> None:
    live = made(any_site, any_site.file(*ROWS))
    assert live is not None
    assert live.generation == any_site.index.live()
    assert live.generation.position == any_site.composition.source.position()
    found = held(any_site)
    any_site.rebuild()
    assert found == held(any_site)
    assert {entry.id.partition(".")[0] for entry in found} == {
        f"p{number(1)}", f"p{number(2)}", f"cn{number(3)}", f"p{number(4)}", f"p{number(9)}"
    }  # fmt: skip


def test_further_tables_are_in_it(site: Site, archive: Path) -> None:
    assert made(site, archive) is not None
    found = held(site)
    site.rebuild()
    assert found == held(site)
    assert len([entry for entry in found if entry.id.startswith((f"p{number(2)}", f"cn{number(3)}"))]) == 4


def test_who_is_excluded_is_not_in_it(site: Site) -> None:
    values = {"npi": number(2), "folded_name": "", "name": "", "state": "IL", "kind": "1128a1",
              "excluded_on": today(), "as_of": today()}  # fmt: skip
    with site.composition.database.begin() as connection:
        connection.execute(insert(exclusion).values(values))
    assert made(site, site.file(*ROWS)) is not None
    found = held(site)
    assert not [entry for entry in found if number(2) in entry.id]
    site.rebuild()
    assert found == held(site)


def test_most_records_are_not_read_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = Heard(_Nobody())
    loaded(site, site.file(*(individual(serial, line1=f"{serial} ELM ST") for serial in range(1, 60))), heard)
    taken = [item for item in heard.told if item is not None]
    assert len(taken) == len(heard.told)
    assert sum(len(subjects) for item in taken for subjects in item.written.values()) == 59
    assert not any(item.others for item in taken)


def test_what_changes_after_the_last_row_is_in_it(site: Site) -> None:
    with alongside(site.index, site.composition.source, site.composition.making()) as maker:
        loaded(site, site.file(*ROWS), maker)
        others = site.composition.loading.begin(Dataset.REGISTRY, loads.file("other.csv", day=today()))
        others.practitioners([loads.person(77)])
        live = maker.published()
    assert live is not None
    assert live.replayed == 1
    found = held(site)
    site.rebuild()
    assert found == held(site)


class _Nobody:
    def take(self, taken: Taken | None, piece: bytes = b"") -> None: ...


class _Meanwhile:
    """Somebody else changes the records once the load has begun."""

    def __init__(self, site: Site, maker: Maker) -> None:
        self._site, self._maker, self._done = site, maker, False

    def take(self, taken: Taken | None, piece: bytes = b"") -> None:
        if not self._done:
            self._done = True
            others = self._site.composition.loading.begin(Dataset.REGISTRY, loads.file("other.csv", day=today()))
            others.practitioners([loads.person(77)])
        self._maker.take(taken, piece)


def test_where_others_write_meanwhile_it_is_left_to_a_rebuild(site: Site, request: pytest.FixtureRequest) -> None:
    with alongside(site.index, site.composition.source, site.composition.making()) as maker:
        done = loaded(site, site.file(*ROWS), _Meanwhile(site, maker))
        assert done.kept.added
        live = maker.published()
    few_rows = "[100]" not in request.node.name
    assert (live is None) is few_rows
    site.rebuild()
    assert len(held(site)) == 6


def test_records_that_hold_something_are_left_to_a_rebuild(site: Site) -> None:
    site.load(individual(20, line1="7 ELM ST"))
    assert made(site, site.file(*ROWS, name=f"npidata_pfile_20050523-{today():%Y%m%d}.csv")) is None
    assert site.index.live() is None


def test_a_load_that_fails_leaves_no_index(site: Site) -> None:
    path = site.file(*ROWS)
    with (
        alongside(site.index, site.composition.source, site.composition.making()) as maker,
        pytest.raises(KeyboardInterrupt),
    ):
        loaded(site, path, _Interrupted(maker))
    assert site.index.live() is None
    assert site.index.reap() == ()
    with site.index.lock():
        """Nobody holds it any more."""


class _Interrupted(_Nobody):
    def __init__(self, maker: Maker) -> None:
        self._maker = maker

    def take(self, taken: Taken | None, piece: bytes = b"") -> None:
        self._maker.take(taken, piece)
        raise KeyboardInterrupt


def test_a_process_that_is_killed_costs_the_index_only(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making_alongside, "_filled", _killed)
    with alongside(site.index, site.composition.source, site.composition.making()) as maker:
        done = loaded(site, site.file(*ROWS), maker)
        assert maker.published() is None
    assert done.tally.rows == len(ROWS)
    assert site.rebuild().generation.listings == 5


def _killed(*_parts: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_keeps_it_from_going_live_is_said(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making_alongside, "_filled", _refused)
    with alongside(site.index, site.composition.source, site.composition.making()) as maker:
        done = loaded(site, site.file(*ROWS[:1]), maker)
        with pytest.raises(PromotionRefused):
            maker.published()
    assert done.load_id


def _refused(its: object, *_parts: object) -> None:
    for _ in making_alongside._Heard().pieces(its):  # type: ignore[arg-type]
        pass
    raise PromotionRefused("too few")
