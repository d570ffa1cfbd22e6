"""What of a record can be found, and under which words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from directory.domain.evidence import Level
from directory.domain.facts import CareFacts, Known
from directory.domain.practitioner import PersonName
from directory.search.document import Making, listings
from directory.search.listing import OTHER_SPECIALTY, UNKNOWN, Field, Listing
from directory.vocabulary.reader import load
from tests.factories.records import (
    TODAY,
    clinic_record,
    evidence,
    location,
    practitioner,
    practitioner_record,
    role,
    unconfirmed,
)

MAKING = Making(load(), TODAY)
CHIROPRACTOR, PHYSICAL_THERAPIST, PHYSIATRIST = "111N00000X", "225100000X", "208100000X"
NEUROSURGERY, ORTHOPAEDICS, SPINE_SURGERY, ANESTHESIOLOGY = "207T00000X", "207X00000X", "207XS0117X", "207L00000X"


def only(record) -> Listing:
    (listing,) = listings(record, MAKING)
    return listing


def test_a_listing_survives_being_written_and_read():
    facts = CareFacts(Known.YES, languages=("es",), conditions=("sciatica",), hours="Mon 9-5")
    person = practitioner(credential="DC")
    listing = only(practitioner_record(person, role(person.npi, held=[evidence(Level.PRACTICE)], facts=facts)))
    assert listing.card.facts == facts
    assert Listing.decode(listing.encoded()) == listing


def test_a_practitioner_is_found_under_name_specialty_and_city_in_both_languages():
    words = set(only(practitioner_record()).text_words)
    assert {"ana", "nunez", "chiropractor", "quiropractico", "chicago", "illinois"} <= words


def outside(**parts):
    """The check of a registry that was loaded whole."""
    return evidence(note=OTHER_SPECIALTY, **parts)


def test_of_another_specialty_only_what_the_registry_states_is_listed():
    person = practitioner(taxonomies=("122300000X",))
    stated = role(person.npi, location("a1"), [outside()])
    further = role(person.npi, location("a2"), [evidence()])
    own = role(person.npi, location("a3"), [evidence(Level.PRACTICE)])
    found = listings(practitioner_record(person, stated, further, own), MAKING)
    assert [item.id.partition(".")[2] for item in found] == ["a1", "a2"]
    for item in found:
        assert (item.values(Field.SCOPE), item.values(Field.SPECIALTY)) == ((OTHER_SPECIALTY,), ())
        assert (item.values(Field.CONDITION), item.card.taxonomies) == ((), ("122300000X",))
        assert OTHER_SPECIALTY in item.card.notices
    assert listings(practitioner_record(person, further, own), MAKING) == ()


def test_somebody_with_a_confirmed_role_in_back_care_is_no_longer_of_another_specialty():
    person = practitioner(taxonomies=(ORTHOPAEDICS,))
    stated = role(person.npi, location("a1"), [outside()])
    here, *_ = listings(practitioner_record(person, stated), MAKING)
    assert here.values(Field.SCOPE) == (OTHER_SPECIALTY,)
    confirmed = role(person.npi, location("a2"), [evidence(Level.REVIEWED)], clinic_id="k1", confirmed_on=TODAY)
    for item in listings(practitioner_record(person, stated, confirmed), MAKING):
        assert (item.values(Field.SCOPE), item.values(Field.SPECIALTY)) == ((), ("spine_surgeon_orthopedic",))
        assert OTHER_SPECIALTY not in item.card.notices


def test_a_clinic_of_another_specialty_is_so_until_somebody_of_ours_works_there():
    record = clinic_record(level=Level.REGISTRY, taxonomies=("282N00000X",))
    (site,) = record.sites
    dental = replace(record, sites=(replace(site, evidence=(outside(),)),))
    assert only(dental).values(Field.SCOPE) == (OTHER_SPECIALTY,)
    assert only(record).values(Field.SCOPE) == ()
    staffed = clinic_record([practitioner()], level=Level.REGISTRY, taxonomies=("282N00000X",))
    assert only(replace(staffed, sites=dental.sites)).values(Field.SCOPE) == ()
    spoken_for = replace(site, evidence=(outside(), evidence(Level.PRACTICE)))
    assert only(replace(record, sites=(spoken_for,))).values(Field.SCOPE) == ()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"hidden": True}, "hidden"),
        ({"deactivated_on": TODAY}, "deactivated"),
        ({"taxonomies": ("122300000X",)}, "a dentist"),
        ({"taxonomies": (ORTHOPAEDICS,)}, "general orthopaedics"),
        ({"taxonomies": (ANESTHESIOLOGY,)}, "general anesthesiology"),
    ],
)
def test_who_is_not_listed(change, why):
    person = replace(practitioner(), **change)
    assert listings(practitioner_record(person), MAKING) == (), why


def test_expired_evidence_lists_nobody_and_the_last_day_counts():
    person = practitioner()
    gone = role(person.npi, held=[evidence(age=120, lasts=120)])
    last_day = role(person.npi, held=[evidence(age=119, lasts=120)])
    assert listings(practitioner_record(person, gone), MAKING) == ()
    assert only(practitioner_record(person, last_day)).expires_on == TODAY + timedelta(days=1)


def test_a_role_at_a_clinic_counts_only_when_confirmed():
    person = practitioner()
    at_clinic = role(person.npi, clinic_id="k1", held=[evidence(Level.REVIEWED)])
    assert listings(practitioner_record(person, at_clinic), MAKING) == ()
    confirmed = replace(at_clinic, confirmed_on=TODAY)
    assert only(practitioner_record(person, confirmed)).values(Field.CLINIC) == ("k1",)


def test_the_strongest_role_speaks_for_a_location_and_other_locations_are_named():
    person = practitioner()
    registry = role(person.npi, id="a")
    reviewed = role(person.npi, id="b", held=[evidence(Level.REVIEWED)], clinic_id="k1", confirmed_on=TODAY)
    elsewhere = role(person.npi, location("a2", city="Peoria"), id="c")
    first, second = listings(practitioner_record(person, registry, reviewed, elsewhere), MAKING)
    assert first.values(Field.LEVEL) == ("reviewed",)
    assert [other.id for other in first.card.elsewhere] == [second.id]
    assert "Peoria" in first.card.elsewhere[0].label


def test_a_neurosurgeon_without_spine_evidence_is_listed_with_a_caveat():
    listing = only(practitioner_record(practitioner(taxonomies=(NEUROSURGERY,))))
    assert listing.values(Field.SPECIALTY) == ("spine_surgeon_neurosurgery",)
    assert listing.values(Field.SPECIALTY_CONFIRMED) == ()
    assert "spine_practice_not_confirmed" in listing.card.notices


def test_a_spine_taxonomy_beside_it_is_the_evidence():
    listing = only(practitioner_record(practitioner(taxonomies=(NEUROSURGERY, SPINE_SURGERY))))
    assert "spine_surgeon_neurosurgery" in listing.values(Field.SPECIALTY_CONFIRMED)
    assert "spine_practice_not_confirmed" not in listing.card.notices


def test_a_doctor_of_osteopathy_in_primary_care_is_both():
    listing = only(practitioner_record(practitioner(taxonomies=("207Q00000X",), credential="DO")))
    assert set(listing.values(Field.SPECIALTY)) == {"primary_care", "osteopathic_physician"}


def test_what_nobody_stated_is_unknown_and_what_is_usual_is_not_stated():
    listing = only(practitioner_record())
    for field in (Field.ACCEPTING, Field.LANGUAGE, Field.INSURANCE, Field.GENDER, Field.TREATMENT):
        assert listing.values(field) == (UNKNOWN,), field
    assert listing.values(Field.CONDITION_STATED) == ()
    assert listing.values(Field.CONDITION) == listing.values(Field.CONDITION_USUAL) != ()


def test_what_a_practice_stated_leaves_with_its_word_while_the_registry_still_lists_it():
    facts = CareFacts(Known.YES, languages=("es",), conditions=("sciatica",))
    person = practitioner()
    expired = [evidence(), evidence(Level.PRACTICE, age=90, lasts=90)]
    listing = only(practitioner_record(person, role(person.npi, held=expired, facts=facts)))
    assert listing.values(Field.LEVEL) == ("registry",)
    assert listing.card.facts == CareFacts()
    assert listing.values(Field.ACCEPTING) == listing.values(Field.LANGUAGE) == (UNKNOWN,)
    assert listing.values(Field.CONDITION_STATED) == ()
    clinic = clinic_record(level=Level.REGISTRY)
    (site,) = clinic.sites
    assert only(replace(clinic, sites=(replace(site, facts=facts),))).card.facts == CareFacts()


def test_a_clinic_is_integrated_by_two_people_in_two_disciplines_when_reviewed():
    people = [practitioner(1, (CHIROPRACTOR,)), practitioner(2, (PHYSIATRIST,))]
    assert only(clinic_record(people)).values(Field.CLINIC_MODEL) == ("integrated",)
    assert only(clinic_record(people, level=Level.PRACTICE)).values(Field.CLINIC_MODEL) == (UNKNOWN,)


@pytest.mark.parametrize(
    ("people", "why"),
    [
        ([practitioner(1, (CHIROPRACTOR,)), practitioner(2, (CHIROPRACTOR,))], "one discipline"),
        ([practitioner(1, (CHIROPRACTOR, PHYSIATRIST))], "one person"),
        ([practitioner(1, (CHIROPRACTOR,)), replace(practitioner(2, (PHYSIATRIST,)), hidden=True)], "one is hidden"),
        ([practitioner(1, (PHYSICAL_THERAPIST,)), practitioner(2, ("225X00000X",))], "PT and OT are one group"),
    ],
)
def test_what_does_not_make_a_clinic_integrated(people, why):
    assert only(clinic_record(people)).values(Field.CLINIC_MODEL) == ("none",), why


def test_somebody_whose_role_is_not_confirmed_does_not_work_here():
    record = clinic_record([practitioner(1, (CHIROPRACTOR,)), practitioner(2, (PHYSIATRIST,))])
    record = replace(record, staff=tuple(unconfirmed(member) for member in record.staff))
    listing = only(record)
    assert (listing.card.people, listing.card.disciplines) == ((), ())


def test_somebody_of_whom_every_check_expired_does_not_work_here():
    record = clinic_record([practitioner(1, (CHIROPRACTOR,)), practitioner(2, (PHYSIATRIST,))])
    first, second = record.staff
    expired = replace(second, role=replace(second.role, evidence=(evidence(age=120, lasts=120),)))
    listing = only(replace(record, staff=(first, expired)))
    assert [person.npi for person in listing.card.people] == [first.practitioner.npi]
    assert listing.values(Field.CLINIC_MODEL) == ("none",)


def test_a_network_needs_level_reviewed_too():
    assert Field.NETWORK not in only(clinic_record(network="k1", level=Level.REGISTRY)).tokens
    assert only(clinic_record(network="k1")).values(Field.CLINIC_MODEL) == ("network",)


def test_sorting_by_name_puts_the_family_name_first():
    person = practitioner(name=PersonName("Seán", "O'Brien-Smith"))
    assert only(practitioner_record(person)).sort_name == "obrien smith sean"
