"""Files go in once, in order, in chunks; what is held is what the file said."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, func, select, update

from directory.domain.clinic import ReferralLink
from directory.domain.errors import InvalidInput
from directory.domain.evidence import Level
from directory.domain.facts import CareFacts, Contact, Gender, Known
from directory.domain.place import Precision
from directory.domain.practitioner import PersonName, Practitioner
from directory.records import entries
from directory.records.database import open_database
from directory.records.loading import SqlLoading
from directory.records.rows import evidence_values
from directory.records.source import SqlListingSource
from directory.records.tables import attestation, evidence, location, outbox, practitioner, role
from directory.registration.loading import AlreadyLoaded, Dataset, OutOfOrder, PractitionerEntry, Tally
from directory.search.source import ClinicRecord, PractitionerRecord
from tests.factories import loads as make
from tests.factories.records import TODAY, npi
from tests.factories.records import evidence as check
from tests.factories.records import role as at

YESTERDAY = TODAY - timedelta(days=1)


def held(source: SqlListingSource, number: int = 1) -> PractitionerRecord:
    record = source.record(f"p{npi(number)}")
    assert isinstance(record, PractitionerRecord)
    return record


def count(engine: Engine, table: object) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_a_practitioner_comes_back_with_every_part(engine: Engine, source: SqlListingSource) -> None:
    who = Practitioner(
        npi(1),
        PersonName("Ana", "Núñez", "M.", "Dr.", "Jr."),
        ("111N00000X", "111NR0400X"),
        "DC",
        Gender.FEMALE,
        ("Ana Ortiz",),
        date(2025, 1, 2),
    )
    facts = CareFacts(
        Known.YES, Known.NO, Known.UNKNOWN, ("en", "es"), ("medicare",), ("adacomp",), ("sciatica",), ("exercise",),
        ("adult",), ("mon", "tue"), "8-17",
    )  # fmt: skip
    checks = (check(), check(Level.PRACTICE, note="old_registry_file"), check(Level.REVIEWED))
    alone = at(who.npi, make.place(), checks, contact=Contact("+13125550100", "https://x.example.org"), facts=facts)
    named = at(who.npi, make.place("9 Oak St"), (), clinic_name="Oak Practice")
    make.begun(engine).practitioners([PractitionerEntry(who, (alone, named))])
    record = held(source)
    assert record.practitioner == who
    assert sorted(record.roles, key=lambda item: item.id) == sorted((alone, named), key=lambda item: item.id)


def test_level_practice_leaves_an_attestation(engine: Engine) -> None:
    entry = make.person()
    practice = replace(entry.roles[0], evidence=(check(Level.PRACTICE, lasts=90), check()))
    for _ in range(2):
        make.begun(engine).practitioners([replace(entry, roles=(practice,))])
        make.begun(engine).practitioners([replace(entry, roles=(replace(practice, contact=Contact("+13125550101")),))])
    with engine.connect() as connection:
        row = connection.execute(select(attestation)).one()
    assert (row.role_id, row.attested_on, row.expires_on - row.attested_on) == (
        practice.id,
        practice.evidence[0].checked_on,
        timedelta(days=90),
    )


def test_loading_the_same_again_changes_nothing(engine: Engine, source: SqlListingSource) -> None:
    people = [make.person(number) for number in range(1, 6)]
    assert make.begun(engine).practitioners(people) == Tally(added=5)
    before = source.position()
    assert make.begun(engine).practitioners(people) == Tally(unchanged=5)
    assert make.begun(engine).clinics([make.clinic()]) == Tally(added=1)
    assert make.begun(engine).clinics([make.clinic()]) == Tally(unchanged=1)
    assert source.position() == before + 1
    assert count(engine, outbox) == 2


def test_only_what_differs_is_written(engine: Engine, source: SqlListingSource) -> None:
    make.begun(engine).practitioners(make.person(number) for number in range(1, 6))
    first = source.position()
    tally = make.begun(engine).practitioners([make.person(1), make.person(2, credential="DC"), make.person(9)])
    assert tally == Tally(added=1, changed=1, unchanged=1)
    assert source.changed_since(first, 100).subjects == tuple(f"p{npi(number)}" for number in (2, 9))
    assert held(source, 2).practitioner.credential == "DC"
    assert held(source, 1).version == first


def test_roles_follow_the_file(engine: Engine, source: SqlListingSource) -> None:
    old, kept, new = make.place("1 Old St"), make.place("2 Kept St"), make.place("3 New St")
    make.begun(engine).practitioners([make.person(1, old, kept)])
    make.begun(engine).practitioners([make.person(1, kept, new)])
    assert {item.location.address.line for item in held(source).roles} == {"2 Kept St", "3 New St"}
    assert count(engine, role) == 2
    assert count(engine, evidence) == 2


def test_what_a_practice_stated_outlives_the_file(engine: Engine, source: SqlListingSource) -> None:
    """And what the registry says of it lasts no longer than the practice's own word."""
    entry = make.person()
    make.begun(engine).practitioners([entry])
    attested = check(Level.PRACTICE, age=0, lasts=90)
    with engine.begin() as connection:
        connection.execute(update(role).values(origin="practice", phone="+13125550177"))
        values = {"role_id": entry.roles[0].id, **evidence_values(attested, "practice")}
        connection.execute(evidence.insert().values(values))
    moved = replace(entry.roles[0], contact=Contact("+13125550199"), evidence=(check(age=1),))
    make.begun(engine).practitioners([replace(entry, roles=(moved,))])
    assert held(source).roles[0].contact.phone == "+13125550177"
    of_registry = replace(check(age=1), expires_on=attested.expires_on)
    assert set(held(source).roles[0].evidence) == {of_registry, attested}


def test_of_two_rows_with_one_npi_the_last_counts(engine: Engine, source: SqlListingSource) -> None:
    assert make.begun(engine).practitioners(
        [make.person(1, credential="DC"), make.person(1, credential="DO")]
    ) == Tally(added=1)
    assert held(source).practitioner.credential == "DO"


def test_chunks_are_whole(engine: Engine, source: SqlListingSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "CHUNK", 2)
    orphan = make.at_clinic(make.person(5).practitioner, "nowhere", make.place())
    load = make.begun(engine)
    with pytest.raises(InvalidInput, match="load clinics before"):
        load.practitioners([*(make.person(number) for number in range(1, 5)), orphan])
    assert source.count() == 4
    assert count(engine, outbox) == 2
    assert load.practitioners([make.person(5)]) == Tally(added=1)


@pytest.mark.parametrize("middle", ["half \ud800 pair", "zero \x00 byte"])
def test_text_that_no_database_keeps_is_refused_by_number(engine: Engine, middle: str) -> None:
    good, bad = make.person(1), make.person(2, name=PersonName("Ana", "Núñez", middle))
    with pytest.raises(InvalidInput, match=npi(2)):
        make.begun(engine).practitioners([good, bad])
    assert count(engine, practitioner) == 0


def test_an_identifier_that_is_too_long_is_refused(postgresql_database: str) -> None:
    """SQLite keeps it."""
    entry = make.person(1)
    with pytest.raises(InvalidInput, match="too long"):
        make.begun(open_database(postgresql_database)).practitioners(
            [replace(entry, roles=(replace(entry.roles[0], id="x" * 65),))]
        )


@pytest.mark.fault(23)
def test_a_file_is_loaded_once(engine: Engine) -> None:
    """Fault 23: applied twice."""
    load = SqlLoading(engine).begin(Dataset.REGISTRY, make.file())
    done = load.finish({"loaded": 3})
    assert done.finished_at is not None
    with pytest.raises(AlreadyLoaded) as refused:
        SqlLoading(engine).begin(Dataset.REGISTRY, make.file())
    assert refused.value.load == done
    assert SqlLoading(engine).begin(Dataset.REGISTRY, make.file(), repeat=True).id != load.id
    assert [item.counts for item in SqlLoading(engine).latest()] == [{}, {"loaded": 3}]


def test_a_load_that_was_cut_off_is_taken_up(engine: Engine) -> None:
    load = SqlLoading(engine).begin(Dataset.REGISTRY, make.file())
    load.practitioners([make.person(1)])
    again = SqlLoading(engine).begin(Dataset.REGISTRY, make.file())
    assert again.id == load.id
    assert again.practitioners([make.person(1), make.person(2)]) == Tally(added=1, unchanged=1)
    again.finish({})
    assert len(SqlLoading(engine).latest()) == 1


@pytest.mark.fault(23)
def test_files_come_in_order_of_their_dates(engine: Engine, source: SqlListingSource) -> None:
    """Fault 23: out of order. An older file that is let in all the same does not overwrite what is newer."""
    newer = SqlLoading(engine).begin(Dataset.REGISTRY, make.file("new.csv"))
    newer.practitioners([make.person(1, credential="DO")])
    newer.finish({})
    older = make.file("old.csv", day=YESTERDAY)
    with pytest.raises(OutOfOrder, match=r"old.csv is of 2026-11-24, but new.csv of 2026-11-25"):
        SqlLoading(engine).begin(Dataset.REGISTRY, older)
    SqlLoading(engine).begin(Dataset.REGISTRY, make.file("old.csv", day=YESTERDAY, source="sample"))
    load = SqlLoading(engine).begin(Dataset.REGISTRY, older, allow_older=True)
    assert load.practitioners([make.person(1, credential="DC"), make.person(2)]) == Tally(added=1, older=1)
    assert load.deactivate({npi(1): YESTERDAY}) == Tally(older=1)
    assert held(source).practitioner.credential == "DO"
    assert held(source).practitioner.deactivated_on is None


def test_demonstration_and_registry_never_share_a_database(engine: Engine, source: SqlListingSource) -> None:
    assert not source.is_demonstration()
    SqlLoading(engine).begin(Dataset.DEMONSTRATION, make.file(source="seed"))
    assert source.is_demonstration()
    with pytest.raises(InvalidInput, match=r"holds demonstration records.*another database"):
        SqlLoading(engine).begin(Dataset.REGISTRY, make.file())


@pytest.mark.fault(22)
def test_deactivated_leave_and_come_back(engine: Engine, source: SqlListingSource) -> None:
    load = make.loaded(engine, [make.clinic("k1", npi=npi(50))], [make.person(1)])
    assert load.deactivate({npi(1): YESTERDAY, npi(50): YESTERDAY, npi(99): YESTERDAY}) == Tally(changed=2, unknown=1)
    assert load.deactivate({npi(1): YESTERDAY}) == Tally(unchanged=1)
    assert held(source).practitioner.deactivated_on == YESTERDAY
    assert source.count() == 0
    assert list(source.records()) == []
    later = make.begun(engine, "later.csv")
    assert later.practitioners([make.person(1)]) == Tally(changed=1)
    assert held(source).practitioner.deactivated_on is None


def test_what_a_file_says_no_more_goes(engine: Engine, source: SqlListingSource) -> None:
    team = make.at_clinic(make.person(2).practitioner, "k1", make.place())
    load = make.loaded(engine, [make.clinic("k1", npi=npi(50))], [make.person(1), team])
    with engine.begin() as connection:
        connection.execute(update(role).where(role.c.npi == npi(1)).values(origin="practice"))
    before = source.position()
    assert load.withdraw([npi(1), npi(2), npi(50), npi(99)]) == Tally(changed=2, unchanged=1, unknown=1)
    assert len(held(source, 1).roles) == 1
    assert held(source, 2).roles == ()
    record = source.record("ck1")
    assert isinstance(record, ClinicRecord)
    assert (record.sites, record.staff) == ((), ())
    assert set(source.changed_since(before, 9).subjects) == {"ck1", f"p{npi(2)}"}
    assert load.withdraw([npi(2)]) == Tally(unchanged=1)
    assert make.begun(engine, "later.csv").practitioners([team]) == Tally(changed=1)
    assert len(held(source, 2).roles) == 1


def test_a_file_hides_but_never_shows(engine: Engine, source: SqlListingSource) -> None:
    make.begun(engine).practitioners([make.person(1, hidden=True)])
    assert held(source).practitioner.hidden
    make.begun(engine).practitioners([make.person(1, hidden=False)])
    assert held(source).practitioner.hidden


def test_links_hold_for_both_directions(engine: Engine) -> None:
    load = make.loaded(engine, [make.clinic("k1"), make.clinic("k2")])
    one_sided = ReferralLink("k2", "k1", TODAY, None)
    assert load.links([one_sided]) == Tally(added=1)
    assert load.links([ReferralLink("k1", "k2", None, TODAY)]) == Tally(unchanged=1)
    assert load.links([make.confirmed("k1", "k2")]) == Tally(changed=1)
    with pytest.raises(InvalidInput, match="refer to itself"):
        load.links([make.confirmed("k1", "k1")])
    with pytest.raises(InvalidInput, match="load clinics before"):
        load.links([make.confirmed("k1", "nowhere")])


def positions(engine: Engine) -> list[tuple[str, float | None, str, str | None]]:
    with engine.connect() as connection:
        rows = connection.execute(select(location).order_by(location.c.line))
        return [(row.line, row.lat, row.precision, row.quarantine_reason) for row in rows]


def test_an_address_keeps_its_place_however_it_is_spelt(engine: Engine, source: SqlListingSource) -> None:
    plain = make.place("1 Elm Street", lat=41.1, precision=Precision.APPROXIMATE)
    other = make.place("1 ELM ST.", lat=41.2, precision=Precision.APPROXIMATE)
    assert plain.id == other.id
    for _ in range(2):
        make.begun(engine).practitioners([make.person(1, plain), make.person(2, other)])
    assert positions(engine) == [("1 Elm Street", 41.1, "approximate", None)]
    first = source.position()
    better = make.place("1 ELM ST.", lat=41.3)
    make.begun(engine).practitioners([make.person(3, better)])
    assert positions(engine) == [("1 ELM ST.", 41.3, "exact", None)]
    assert set(source.changed_since(first, 100).subjects) == {f"p{npi(number)}" for number in (1, 2, 3)}
    make.begun(engine).practitioners([make.person(4, plain)])
    assert positions(engine) == [("1 ELM ST.", 41.3, "exact", None)]
    moved = make.place("1 ELM ST.", lat=41.4)
    make.begun(engine).practitioners([make.person(5, moved)])
    assert positions(engine) == [("1 ELM ST.", 41.4, "exact", None)]


def test_a_quarantined_point_is_kept_with_its_reason(engine: Engine) -> None:
    where = make.place(precision=Precision.NONE)
    entry = replace(make.person(1, where), quarantined={where.id: "outside IL"})
    make.begun(engine).practitioners([entry])
    assert positions(engine) == [("1 Elm St", None, "none", "outside IL")]


def test_practitioners_keep_the_load_they_came_with(engine: Engine) -> None:
    load = make.begun(engine)
    load.practitioners([make.person(1)])
    with engine.connect() as connection:
        row = connection.execute(select(practitioner)).one()
    assert (row.load_id, row.as_of) == (load.id, TODAY)
