"""What a source's further tables state: kept beside its main table's facts, whole by number, the latest day's."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert, update

from directory.domain.evidence import Evidence, Level
from directory.domain.facts import Contact, Endpoint, EndpointKind
from directory.domain.practitioner import Location
from directory.records.loading import SqlLoading
from directory.records.source import SqlListingSource
from directory.records.tables import clinic_site, ownership
from directory.registration.loading import (
    AlreadyLoaded,
    ClinicEntry,
    Dataset,
    Further,
    FurtherEndpoints,
    FurtherLocation,
    FurtherLocations,
    FurtherNames,
    Listed,
    Load,
    Tally,
)
from directory.registration.publishing import PRACTICE
from directory.search.source import ClinicRecord
from tests.factories import loads as make
from tests.factories.records import TODAY, npi

NOW = datetime(2026, 1, 2, tzinfo=UTC)
LAST_WEEK = TODAY - timedelta(days=7)
HERE, THERE, ELSEWHERE = make.place(), make.place("2 Oak St"), make.place("3 Fir St")
FHIR = Endpoint(EndpointKind.FHIR, "https://fhir.example.org")


def clinic(number: int = 1, *places: Location) -> ClinicEntry:
    return make.clinic(f"n{npi(number)}", *places, npi=npi(number))


def at(number: int, *places: Location, day: date = TODAY, phone: str = "+13125550199") -> FurtherLocations:
    checked = (Evidence(Level.REGISTRY, "Secondary practice location", "NPPES", day, day + timedelta(days=120)),)
    return FurtherLocations(npi(number), tuple(FurtherLocation(item, checked, Contact(phone)) for item in places))


def load(engine: Engine, day: date = TODAY) -> Load:
    return make.begun(engine, f"{day}.csv", day=day)


def lines(source: SqlListingSource, subject: str) -> list[str]:
    record = source.record(subject)
    assert record is not None
    held = record.roles if hasattr(record, "roles") else record.sites
    return sorted(item.location.address.line for item in held)


def both(engine: Engine, day: date = LAST_WEEK) -> Load:
    """A practitioner 1 and a clinic 2 of a day."""
    begun = load(engine, day)
    begun.clinics([clinic(2)])
    begun.practitioners([make.person(1)])
    return begun


def test_whom_the_main_table_lists_is_known_by_number(engine: Engine) -> None:
    begun = both(engine)
    begun.practitioners([make.person(3), make.person(4)])
    begun.deactivate({npi(3): LAST_WEEK})
    begun.withdraw([npi(4)])
    assert begun.listed([npi(number) for number in range(1, 6)]) == {
        npi(1): Listed(False, frozenset({HERE.id})),
        npi(2): Listed(True, frozenset({HERE.id})),
    }


@pytest.mark.parametrize(("number", "subject"), [(1, f"p{npi(1)}"), (2, f"cn{npi(2)}")])
def test_locations_join_change_and_go_as_a_whole(
    engine: Engine, source: SqlListingSource, number: int, subject: str
) -> None:
    begun = both(engine, TODAY)
    assert begun.further([at(number, THERE, ELSEWHERE), at(9, THERE)]) == Tally(added=1, unknown=1)
    assert lines(source, subject) == ["1 Elm St", "2 Oak St", "3 Fir St"]
    revision = source.position()
    assert begun.further([at(number, ELSEWHERE, THERE)]) == Tally(unchanged=1)
    assert source.position() == revision
    assert begun.further([at(number, THERE, HERE, phone="+13125550100")]) == Tally(changed=1)
    assert lines(source, subject) == ["1 Elm St", "2 Oak St"]
    assert source.changed_since(revision, 10).subjects == (subject,)
    assert begun.further([at(number)]) == Tally(changed=1)
    assert lines(source, subject) == ["1 Elm St"]


@pytest.mark.parametrize(("number", "subject"), [(1, f"p{npi(1)}"), (2, f"cn{npi(2)}")])
def test_the_main_table_neither_changes_nor_removes_them_but_may_state_one_itself(
    engine: Engine, source: SqlListingSource, number: int, subject: str
) -> None:
    both(engine).further([at(number, THERE, day=LAST_WEEK)])
    later = load(engine)
    later.clinics([clinic(2, ELSEWHERE)])
    later.practitioners([make.person(1, ELSEWHERE)])
    assert lines(source, subject) == ["2 Oak St", "3 Fir St"]
    last = load(engine, TODAY + timedelta(days=1))
    last.clinics([clinic(2, THERE)])
    last.practitioners([make.person(1, THERE)])
    assert set(lines(source, subject)) == {"2 Oak St"}
    # Of a clinic there is one site at an address: the main table's now. A practitioner may have two roles there.
    assert last.withdraw_further(Further.LOCATIONS, whole=True) == (number == 1)
    assert lines(source, subject) == ["2 Oak St"]


def test_who_looks_after_their_own_entry_states_their_locations_themselves(
    engine: Engine, source: SqlListingSource
) -> None:
    begun = both(engine, TODAY)
    begun.further([at(1, THERE), at(2, THERE)])
    with engine.begin() as connection:
        for subject in (f"p{npi(1)}", f"cn{npi(2)}"):
            connection.execute(
                insert(ownership).values(subject=subject, account_id="a1", email="a@example.org", since=NOW)
            )
    assert begun.further([at(1, ELSEWHERE), at(2, ELSEWHERE)]) == Tally(changed=2)
    assert lines(source, f"p{npi(1)}") == ["1 Elm St"]
    assert lines(source, f"cn{npi(2)}") == ["1 Elm St", "3 Fir St"]


def test_a_location_that_its_practice_took_over_settles(engine: Engine, source: SqlListingSource) -> None:
    begun = both(engine, TODAY)
    begun.further([at(2, THERE)])
    with engine.begin() as connection:
        own = clinic_site.c.location_id == THERE.id
        connection.execute(update(clinic_site).where(own).values(origin=PRACTICE, phone="+13125550111"))
    revision = source.position()
    assert begun.further([at(2, THERE)]) == Tally(unchanged=1)
    assert begun.further([at(2, THERE, phone="+13125550100")]) == Tally(unchanged=1)
    assert source.position() == revision
    assert begun.further([at(2, ELSEWHERE)]) == Tally(changed=1)
    assert begun.further([at(2, ELSEWHERE)]) == Tally(unchanged=1)
    record = source.record(f"cn{npi(2)}")
    assert isinstance(record, ClinicRecord)
    taken = next(site for site in record.sites if site.location == THERE)
    # What the practice states stays; that the registry states it too holds no more.
    assert (taken.contact.phone, taken.evidence) == ("+13125550111", ())


def test_an_earlier_day_takes_the_place_of_none(engine: Engine, source: SqlListingSource) -> None:
    both(engine).further([at(1, THERE), FurtherNames(npi(2), ("Spine Pals",)), FurtherEndpoints(npi(2), (FHIR,))])
    newer = load(engine)
    newer.further([at(1, THERE), FurtherNames(npi(2), ("Spine Pals",)), FurtherEndpoints(npi(2), (FHIR,))])
    old = load(engine, LAST_WEEK)
    given = [at(1, ELSEWHERE, day=LAST_WEEK), FurtherNames(npi(2), ()), FurtherEndpoints(npi(2), ())]
    assert old.further(given) == Tally(older=3)
    assert lines(source, f"p{npi(1)}") == ["1 Elm St", "2 Oak St"]


def test_names_and_endpoints_are_shown_with_what_the_main_table_states(
    engine: Engine, source: SqlListingSource
) -> None:
    begun = both(engine)
    names = FurtherNames(npi(2), ("Spine Pals", "Juniper Spine", "Back Friends"))
    assert begun.further([names, FurtherEndpoints(npi(2), (FHIR,)), FurtherEndpoints(npi(1), ())]) == Tally(
        added=2, unchanged=1
    )
    record = source.record(f"cn{npi(2)}")
    assert record is not None
    assert (record.clinic.other_names, record.endpoints) == (("Spine Pals", "Back Friends"), (FHIR,))
    assert begun.further([FurtherNames(npi(2), ())]) == Tally(changed=1)
    record = source.record(f"cn{npi(2)}")
    assert record is not None
    assert (record.clinic.other_names, record.endpoints) == ((), (FHIR,))


@pytest.mark.parametrize("whole", [True, False])
def test_only_whom_a_week_names_loses_what_it_no_longer_says(
    engine: Engine, source: SqlListingSource, whole: bool
) -> None:
    begun = both(engine)
    begun.practitioners([make.person(3)])
    given = [at(number, THERE, day=LAST_WEEK) for number in (1, 2, 3)]
    begun.further([*given, FurtherNames(npi(2), ("Spine Pals",)), FurtherEndpoints(npi(3), (FHIR,))])
    week = load(engine)
    week.clinics([clinic(2, ELSEWHERE)])
    week.practitioners([make.person(1, ELSEWHERE)])
    assert week.withdraw_further(Further.LOCATIONS, whole=whole) == 2 + whole
    assert week.withdraw_further(Further.OTHER_NAMES, whole=whole) == 1
    assert week.withdraw_further(Further.ENDPOINTS, whole=whole) == whole
    assert lines(source, f"p{npi(1)}") == lines(source, f"cn{npi(2)}") == ["3 Fir St"]
    third = source.record(f"p{npi(3)}")
    assert third is not None
    assert (len(third.roles), third.endpoints) == ((1, ()) if whole else (2, (FHIR,)))


def test_a_load_is_told_apart_by_its_options_and_tells_how_far_it_came(engine: Engine) -> None:
    loading = SqlLoading(engine)

    def begin(**options: str) -> Load:
        return loading.begin(Dataset.REGISTRY, make.file(), options=options)

    first = begin(taxonomies="all")
    assert first.before == {}
    first.advance({"rows": 7})
    again = begin(taxonomies="all")
    assert (again.id, again.before) == (first.id, {"rows": 7})
    other = begin()
    assert (other.id != first.id, other.before) == (True, {})
    other.finish({"rows": 9})
    with pytest.raises(AlreadyLoaded):
        begin()
    # What is held is what the other options left.
    third = begin(taxonomies="all")
    assert third.id not in (first.id, other.id)
    third.finish({"rows": 9})
    newest, *_ = loading.latest()
    assert (newest.options, newest.counts) == ({"taxonomies": "all"}, {"rows": 9})
    assert newest.seen_at is not None
    assert newest.seen_at <= (newest.finished_at or newest.seen_at)
