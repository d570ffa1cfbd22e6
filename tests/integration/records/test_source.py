"""What the indexer reads: whole records, as of one moment, a chunk at a time."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from directory.domain.clinic import ReferralLink, Site
from directory.domain.evidence import Level
from directory.domain.facts import CareFacts, Contact
from directory.domain.place import Precision
from directory.records import source as module
from directory.records.practices import SqlPractices
from directory.records.register import SqlRegister
from directory.records.source import SqlListingSource
from directory.registration.loading import ClinicEntry
from directory.search.document import Making, listings
from directory.search.source import ClinicRecord, PractitionerRecord
from directory.vocabulary import Vocabulary
from tests.factories import loads as make
from tests.factories.records import TODAY, evidence, npi

HERE, THERE = make.place("1 Here St"), make.place("2 There St", lat=41.9)
THERAPIST, SURGEON = "225100000X", "207XS0117X"


def clinic_of(source: SqlListingSource, key: str) -> ClinicRecord:
    record = source.record(f"c{key}")
    assert isinstance(record, ClinicRecord)
    return record


def test_a_clinic_comes_back_with_every_part(engine: Engine, source: SqlListingSource) -> None:
    facts = CareFacts(languages=("es",), hours="8-17")
    contact = Contact("+13125550100", "https://k.example.org")
    sites = (
        Site(HERE, (evidence(Level.REVIEWED), evidence()), contact, facts),
        Site(THERE, (evidence(),)),
    )
    entry = make.clinic("k1")
    clinic = replace(entry.clinic, npi=npi(50), taxonomies=("261QM1300X",), other_names=("K",), deactivated_on=TODAY)
    make.begun(engine).clinics([ClinicEntry(clinic, sites)])
    record = clinic_of(source, "k1")
    assert record.clinic == clinic
    assert sorted(record.sites, key=lambda site: site.location.address.line) == list(sites)
    assert (record.staff, record.partners, record.network_id) == ((), (), "")


def test_staff_is_whoever_is_confirmed(engine: Engine, source: SqlListingSource) -> None:
    ana, ben = (make.person(number).practitioner for number in (1, 2))
    unsure = make.at_clinic(ben, "k1", HERE, confirmed=False)
    make.loaded(engine, [make.clinic("k1", HERE)], [make.at_clinic(ana, "k1", HERE), unsure])
    (member,) = clinic_of(source, "k1").staff
    assert member.practitioner == ana
    assert member.role.confirmed_on == TODAY - timedelta(days=5)
    assert (member.role.location, member.role.clinic_name) == (HERE, "Juniper Spine")


def test_a_partners_disciplines_are_of_people_whose_check_still_holds(engine: Engine, vocabulary: Vocabulary) -> None:
    people = [make.at_clinic(make.person(1, taxonomies=(THERAPIST,)).practitioner, "k2", THERE)]
    clinics = [make.clinic("k1", HERE), make.clinic("k2", THERE)]
    make.loaded(engine, clinics, people, [make.confirmed("k2", "k1")])
    last, after = TODAY + timedelta(days=109), TODAY + timedelta(days=110)
    disciplines = [
        clinic_of(SqlListingSource(engine, vocabulary, lambda day=day: day), "k1").partners[0].disciplines
        for day in (last, after)
    ]
    assert disciplines == [("rehabilitation",), ()]


def test_a_check_that_ran_out_is_told_to_the_clinic_and_its_partners(engine: Engine, source: SqlListingSource) -> None:
    people = [make.at_clinic(make.person(1).practitioner, "k2", THERE)]
    clinics = [make.clinic("k1", HERE), make.clinic("k2", THERE), make.clinic("k3")]
    make.loaded(engine, clinics, people, [make.confirmed("k2", "k1")])
    before, ran_out = source.position(), TODAY + timedelta(days=110)
    desk = SqlPractices(engine)
    assert desk.restamp(ran_out - timedelta(days=7), ran_out - timedelta(days=1)) == 0
    assert source.position() == before
    assert desk.restamp(ran_out - timedelta(days=1), ran_out) == 1
    assert source.changed_since(before, 10).subjects == ("ck1", "ck2")


def test_partners_are_shown_with_place_and_disciplines(engine: Engine, source: SqlListingSource) -> None:
    people = [
        make.at_clinic(make.person(1, taxonomies=(THERAPIST,)).practitioner, "k2", THERE),
        make.at_clinic(make.person(2, taxonomies=(SURGEON,)).practitioner, "k2", THERE),
        make.at_clinic(make.person(3, taxonomies=("111N00000X",)).practitioner, "k2", THERE, confirmed=False),
    ]
    clinics = [make.clinic("k1", HERE), make.clinic("k2", THERE, name="Partner"), make.clinic("k3"), make.clinic("k4")]
    links = [make.confirmed("k2", "k1"), ReferralLink("k1", "k3", TODAY, None)]
    make.loaded(engine, clinics, people, links)
    (partner,) = clinic_of(source, "k1").partners
    assert (partner.clinic_id, partner.name, partner.city, partner.state) == ("k2", "Partner", "Chicago", "IL")
    assert partner.disciplines == ("rehabilitation", "surgery")
    assert partner.point == THERE.position.point
    assert [item.clinic_id for item in clinic_of(source, "k2").partners] == ["k1"]
    SqlRegister(engine).hide(f"p{npi(2)}")
    assert clinic_of(source, "k1").partners[0].disciplines == ("rehabilitation",)
    SqlRegister(engine).hide("ck2")
    assert clinic_of(source, "k1").partners == ()


def test_the_name_of_a_hidden_clinic_is_shown_nowhere(engine: Engine, source: SqlListingSource) -> None:
    make.loaded(engine, [make.clinic("k1", HERE)], [make.at_clinic(make.person(1).practitioner, "k1", HERE)])
    SqlRegister(engine).hide("ck1")
    record = source.record(f"p{npi(1)}")
    assert isinstance(record, PractitionerRecord)
    assert (record.roles[0].clinic_id, record.roles[0].clinic_name) == ("k1", "")


def test_streaming_gives_the_same_as_asking_one_by_one(
    engine: Engine, source: SqlListingSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_CLINICS_AT_ONCE", 2)
    monkeypatch.setattr(module, "_PRACTITIONERS_AT_ONCE", 3)
    people = [make.at_clinic(make.person(number).practitioner, f"k{number % 5}", HERE) for number in range(1, 12)]
    clinics = [make.clinic(f"k{number}", HERE) for number in range(5)]
    make.loaded(engine, clinics, people, [make.confirmed("k0", "k3"), make.confirmed("k3", "k4")])
    SqlRegister(engine).hide(f"p{npi(4)}")
    streamed = list(source.records())
    subjects = [record.subject for record in streamed]
    assert subjects == sorted(subjects)
    assert len(subjects) == len(set(subjects)) == source.count() == 15
    assert [source.record(subject) for subject in subjects] == streamed


@pytest.mark.fault(12)
def test_a_stream_shows_one_moment(engine: Engine, source: SqlListingSource, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault 12: what changes while somebody reads is not in what they read, and is among the changes afterwards."""
    monkeypatch.setattr(module, "_PRACTITIONERS_AT_ONCE", 1)
    make.begun(engine).practitioners(make.person(number) for number in range(1, 4))
    before = source.position()
    stream = source.records()
    first = next(stream)
    make.begun(engine).practitioners([make.person(2, credential="DO"), make.person(9)])
    rest = list(stream)
    assert [record.subject for record in (first, *rest)] == [f"p{npi(number)}" for number in range(1, 4)]
    assert {record.version for record in rest} == {before}
    assert source.changed_since(before, 10).subjects == tuple(f"p{npi(number)}" for number in (2, 9))


def test_unknown_subjects_have_no_record(source: SqlListingSource) -> None:
    for subject in ("", "p", "pnobody", "cnone", "x1"):
        assert source.record(subject) is None


def test_records_make_listings(engine: Engine, source: SqlListingSource, vocabulary: Vocabulary) -> None:
    unplaced = make.place("3 Nowhere St", precision=Precision.NONE)
    make.loaded(engine, [make.clinic("k1", HERE)], [make.person(1, HERE, unplaced)])
    making = Making(vocabulary, TODAY, source.is_demonstration())
    found = [item.id for record in source.records() for item in listings(record, making)]
    assert found == ["ck1." + HERE.id, *sorted(f"p{npi(1)}.{place.id}" for place in (HERE, unplaced))]
