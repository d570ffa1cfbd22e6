"""Every change names every listing that shows it, in an order that nobody can overtake."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select

from directory.domain.clinic import ReferralLink
from directory.domain.facts import CareFacts, Known
from directory.domain.practitioner import PersonName
from directory.records.changes import changing
from directory.records.register import SqlRegister
from directory.records.source import SqlListingSource
from directory.records.tables import outbox, practitioner
from directory.registration.loading import Load
from directory.search.source import ClinicRecord
from tests.factories import loads as make
from tests.factories.records import TODAY, npi

HERE, THERE = make.place("1 Here St"), make.place("2 There St")
ANA, BEN, CAM = (make.person(number, taxonomies=("225100000X",)).practitioner for number in (1, 2, 3))
EVERYBODY = 1_000


@pytest.fixture
def load(engine: Engine) -> Load:
    """Clinics k1 - k2 - k3 refer in a row, k4 to nobody. Ana works at k1, Ben at k3, Cam alone where k4 is."""
    return make.loaded(
        engine,
        [make.clinic("k1", HERE), make.clinic("k2", HERE), make.clinic("k3", HERE), make.clinic("k4", THERE)],
        [make.at_clinic(ANA, "k1", HERE), make.at_clinic(BEN, "k3", HERE), make.person(3, THERE)],
        [make.confirmed("k1", "k2"), make.confirmed("k2", "k3")],
    )


Act = Callable[[Load, SqlRegister], object]
CAM_THERE = make.person(3, THERE)
RENAMED = replace(ANA, name=PersonName("Anna", "Núñez"))
ACCEPTING = CareFacts(accepting_new_patients=Known.YES)
TOLD = replace(make.at_clinic(ANA, "k1", HERE).roles[0], facts=ACCEPTING)
CHANGES: dict[str, tuple[Act, str]] = {
    "a name shows at the clinic and at its partners": (
        lambda load, _: load.practitioners([make.at_clinic(RENAMED, "k1", HERE)]),
        "p1 k1 k2",
    ),
    "a fact of a role": (
        lambda load, _: load.practitioners([replace(make.at_clinic(ANA, "k1", HERE), roles=(TOLD,))]),
        "p1 k1 k2",
    ),
    "somebody moves to another clinic": (
        lambda load, _: load.practitioners([make.at_clinic(ANA, "k4", THERE)]),
        "p1 k1 k2 k4",
    ),
    "a role is no longer confirmed": (
        lambda load, _: load.practitioners([make.at_clinic(ANA, "k1", HERE, confirmed=False)]),
        "p1 k1 k2",
    ),
    "somebody is hidden": (lambda _, register: register.hide(f"p{npi(1)}"), "p1 k1 k2"),
    "somebody is deactivated": (lambda load, _: load.deactivate({npi(1): TODAY}), "p1 k1 k2"),
    "what a file said is taken back": (lambda load, _: load.withdraw([npi(1)]), "p1 k1 k2"),
    "somebody on their own": (lambda load, _: load.practitioners([make.person(3, THERE, credential="DC")]), "p3"),
    "a clinic's name shows with its staff and its partners": (
        lambda load, _: load.clinics([make.clinic("k1", HERE, name="Other name")]),
        "p1 k1 k2",
    ),
    "a clinic that holds a network together is hidden": (
        lambda _, register: register.hide("ck2"),
        "k1 k2 k3",
    ),
    "a link ends and the network falls apart": (
        lambda load, _: load.links([ReferralLink("k1", "k2", TODAY, TODAY, TODAY)]),
        "k1 k2 k3",
    ),
    "a link joins a clinic to a network": (
        lambda load, _: load.links([make.confirmed("k3", "k4")]),
        "k2 k3 k4",
    ),
    "a one-sided link shows with both, in no network": (
        lambda load, _: load.links([ReferralLink("k3", "k4", TODAY, None)]),
        "k2 k3 k4",
    ),
    "a place moves on the map": (
        lambda load, _: load.practitioners([make.person(4, make.place("1 Here St", lat=41.5))]),
        "p1 p2 p4 k1 k2 k3",
    ),
    "nothing": (lambda load, _: load.practitioners([CAM_THERE]), ""),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_reaches_whoever_shows_it(engine: Engine, source: SqlListingSource, load: Load, name: str) -> None:
    act, expected = CHANGES[name]
    before, versions = source.position(), shown(source)
    act(load, SqlRegister(engine))
    changed = source.changed_since(before, EVERYBODY)
    names = {f"p{npi(int(item[1:]))}" if item[0] == "p" else f"c{item}" for item in expected.split()}
    assert set(changed.subjects) == names
    assert len(changed.subjects) == len(names)
    assert changed.position == source.position() == before + bool(names)
    assert {key for key, version in shown(source).items() if version != versions.get(key)} == names
    assert {version for key, version in shown(source).items() if key in names} <= {changed.position}


def shown(source: SqlListingSource) -> dict[str, int]:
    """Version of every subject, found or not."""
    subjects = [*(f"ck{number}" for number in range(1, 5)), *(f"p{npi(number)}" for number in range(1, 5))]
    return {key: record.version for key, record in source.records_of(subjects).items()}


def network_of(source: SqlListingSource, key: str) -> str:
    record = source.record(f"c{key}")
    assert isinstance(record, ClinicRecord)
    return record.network_id


def test_networks_follow_links_and_hidden_clinics(engine: Engine, source: SqlListingSource, load: Load) -> None:
    assert [network_of(source, key) for key in ("k1", "k2", "k3", "k4")] == ["k1", "k1", "k1", ""]
    SqlRegister(engine).hide("ck1")
    assert [network_of(source, key) for key in ("k1", "k2", "k3", "k4")] == ["", "k2", "k2", ""]
    load.links([make.confirmed("k4", "k3")])
    SqlRegister(engine).unhide("ck1")
    assert {network_of(source, key) for key in ("k1", "k2", "k3", "k4")} == {"k1"}


def test_every_revision_has_one_outbox_row_and_no_gap(engine: Engine, source: SqlListingSource, load: Load) -> None:
    for act, _ in CHANGES.values():
        act(load, SqlRegister(engine))
    with engine.connect() as connection:
        revisions = connection.scalars(select(outbox.c.revision).order_by(outbox.c.revision)).all()
    assert revisions == list(range(1, source.position() + 1))


def test_changes_are_read_in_portions_without_loss(engine: Engine, source: SqlListingSource) -> None:
    for number in range(1, 6):
        make.begun(engine).practitioners([make.person(number)])
    make.begun(engine).practitioners(make.person(number) for number in range(6, 16))
    make.begun(engine).practitioners([make.person(1, credential="DO")])
    seen, position = list[str](), 0
    sizes = []
    while (changed := source.changed_since(position, 3)).position != position:
        seen += changed.subjects
        position = changed.position
        sizes.append(len(changed.subjects))
    assert seen == [f"p{npi(number)}" for number in (*range(2, 16), 1)]
    assert sizes == [2, 2, 10, 1]
    assert position == source.position()


def test_what_changed_twice_is_named_once_at_its_latest_revision(engine: Engine, source: SqlListingSource) -> None:
    for credential in ("DC", "DO"):
        make.begun(engine).practitioners([make.person(1, credential=credential)])
    assert source.changed_since(0, EVERYBODY).subjects == (f"p{npi(1)}",)
    assert source.changed_since(0, 1).position == 1
    assert source.changed_since(1, 1).subjects == (f"p{npi(1)}",)


def test_a_change_that_fails_leaves_nothing(engine: Engine, source: SqlListingSource, load: Load) -> None:
    before, versions = source.position(), shown(source)

    def fail() -> None:
        with changing(engine, "test") as change:
            change.connection.execute(practitioner.update().values(credential="XX"))
            change.practitioners.add(npi(1))
            change.close("test", None, None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (source.position(), shown(source)) == (before, versions)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).where(practitioner.c.credential == "XX")) == 0


@pytest.mark.fault(18)
def test_no_revision_is_overtaken(engine: Engine, source: SqlListingSource, load: Load) -> None:
    """A second writer waits for the first, so the first one's revision is never skipped by a reader."""
    before = source.position()
    begun, may_end = threading.Event(), threading.Event()

    def slow() -> None:
        with changing(engine, "slow") as change:
            change.practitioners.add(npi(1))
            begun.set()
            may_end.wait(4)

    def quick() -> None:
        with changing(engine, "quick") as change:
            change.clinics.add("k4")

    first, second = threading.Thread(target=slow), threading.Thread(target=quick)
    first.start()
    assert begun.wait(4)
    second.start()
    second.join(0.3)
    assert second.is_alive()
    assert source.position() == before
    assert source.changed_since(before, EVERYBODY).subjects == ()
    may_end.set()
    first.join(5)
    second.join(5)
    with engine.connect() as connection:
        causes = connection.execute(select(outbox.c.revision, outbox.c.cause).where(outbox.c.revision > before))
        assert sorted(tuple(row) for row in causes) == [(before + 1, "slow"), (before + 2, "quick")]


def test_many_writers_lose_nothing(engine: Engine, source: SqlListingSource, load: Load) -> None:
    before = source.position()
    turns, writers = 5, 4

    def write() -> None:
        for _ in range(turns):
            with changing(engine, "turn") as change:
                change.of_practitioner.add(npi(3))

    seen, position = 0, before
    threads = [threading.Thread(target=write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) or source.position() != position:
        changed = source.changed_since(position, 1)
        seen += changed.position - position
        position = changed.position
    assert seen == turns * writers
    assert source.record(f"p{npi(3)}").version == position == before + turns * writers  # type: ignore[union-attr]


def test_restamping_gives_a_new_revision(source: SqlListingSource, load: Load) -> None:
    before = source.position()
    source.restamp(["ck4", f"p{npi(3)}", "cgone"])
    assert set(source.changed_since(before, EVERYBODY).subjects) == {"ck4", f"p{npi(3)}"}
    source.restamp(["cgone"])
    assert source.changed_since(before + 1, EVERYBODY).subjects == ()
    assert source.position() == before + 2
