"""What the demonstration holds, measured on the listings that it makes on the day of loading."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from directory.domain.clinic import networks
from directory.domain.evidence import Level
from directory.domain.facts import CareFacts, Gender, Known
from directory.search.document import INTEGRATED, NETWORK
from directory.search.listing import Field, Listing
from directory.vocabulary import load
from seed_data.care import PRACTICES
from seed_data.checks import LOAD_DAY
from seed_data.dataset import Dataset, InventedPractitioner, Reason
from seed_data.places import RURAL
from tests.unit.seed_data.listed import of_clinic_alone, of_practitioner

Listings = Mapping[str, tuple[Listing, ...]]
OF_SOURCE = (
    "primary_care", "osteopathic_physician", "chiropractor", "spine_surgeon_orthopedic",
    "spine_surgeon_neurosurgery", "physiatrist", "pain_management", "physical_therapist", "occupational_therapist",
    "rheumatologist",
)  # fmt: skip
PRACTITIONER_REASONS = (
    Reason.EXPIRED, Reason.UNVERIFIED, Reason.ROLE_UNCONFIRMED, Reason.HIDDEN, Reason.DEACTIVATED,
    Reason.WITHHELD_SPECIALTY,
)  # fmt: skip
CLINIC_REASONS = (Reason.EXPIRED, Reason.UNVERIFIED, Reason.HIDDEN, Reason.DEACTIVATED)


def facts(dataset: Dataset) -> list[CareFacts]:
    held = [role.facts for item in dataset.practitioners for role in item.roles]
    return held + [site.facts for item in dataset.clinics for site in item.sites]


def all_of(found: Listings) -> Iterator[Listing]:
    for several in found.values():
        yield from several


def test_size(dataset: Dataset) -> None:
    assert 570 <= len(dataset.practitioners) <= 660
    assert 170 <= len(dataset.clinics) <= 195
    areas = {item.area for item in dataset.practitioners}
    assert sum(not area.startswith(RURAL) for area in areas) == 30
    assert sum(area.startswith(RURAL) for area in areas) >= 40


def test_far_places_and_metros_in_two_states(practitioner_listings: Listings, dataset: Dataset) -> None:
    states = Counter(listing.card.address.state for listing in all_of(practitioner_listings))
    assert min(states[state] for state in ("AK", "HI", "PR")) >= 15
    kansas_city = {
        role.location.address.state for item in dataset.practitioners if item.area == "kansas-city"
        for role in item.roles
    }  # fmt: skip
    assert kansas_city == {"KS", "MO"}


@pytest.mark.parametrize("specialty", PRACTICES)
def test_specialty_is_found_in_most_metros(specialty: str, dataset: Dataset, practitioner_listings: Listings) -> None:
    areas = {
        item.area
        for item in dataset.practitioners
        for listing in practitioner_listings[item.practitioner.npi]
        if specialty in listing.values(Field.SPECIALTY) and not item.area.startswith(RURAL)
    }
    assert len(areas) >= (29 if specialty in OF_SOURCE else 20)


def test_every_specialty_of_the_vocabulary_is_there() -> None:
    assert set(PRACTICES) == set(load().specialties)


def test_whoever_is_not_marked_is_found(
    dataset: Dataset, practitioner_listings: Listings, clinic_listings: Listings
) -> None:
    for item in dataset.practitioners:
        expected = {role.location.id for role in item.roles if role.id not in item.role_reasons}
        assert places(practitioner_listings[item.practitioner.npi]) == (set() if item.reason else expected)
    for clinic in dataset.clinics:
        wanted = {site.location.id for site in clinic.sites if site.location.id not in clinic.site_reasons}
        assert places(clinic_listings[clinic.clinic.id]) == (set() if clinic.reason else wanted)


def places(found: Iterable[Listing]) -> set[str]:
    return {listing.id.partition(".")[2] for listing in found}


def test_every_reason_not_to_be_found_occurs(dataset: Dataset) -> None:
    people = Counter(item.reason for item in dataset.practitioners)
    clinics = Counter(item.reason for item in dataset.clinics)
    roles = Counter(reason for item in dataset.practitioners for reason in item.role_reasons.values())
    sites = Counter(
        item.site_reasons[site.location.id]
        for item in dataset.clinics for site in item.sites if site.location.id in item.site_reasons
    )  # fmt: skip
    links = Counter(item.reason for item in dataset.links)
    assert min(people[reason] for reason in PRACTITIONER_REASONS) >= 4
    assert min(clinics[reason] for reason in CLINIC_REASONS) >= 2
    assert min(roles[reason] for reason in (Reason.EXPIRED, Reason.UNVERIFIED, Reason.ROLE_UNCONFIRMED)) >= 3
    assert min(sites[reason] for reason in (Reason.EXPIRED, Reason.UNVERIFIED)) >= 3
    assert min(links[reason] for reason in (Reason.ONE_SIDED, Reason.ENDED)) >= 3


def mended(item: InventedPractitioner) -> InventedPractitioner:
    """The same practitioner without the one thing that is wrong."""
    person, roles = item.practitioner, item.roles
    match item.reason:
        case Reason.HIDDEN:
            person = replace(person, hidden=False)
        case Reason.DEACTIVATED:
            person = replace(person, deactivated_on=None)
        case Reason.WITHHELD_SPECIALTY:
            person = replace(person, taxonomies=(*person.taxonomies, "208VP0000X"))
        case Reason.ROLE_UNCONFIRMED:
            roles = tuple(replace(role, confirmed_on=LOAD_DAY) for role in roles)
    return replace(item, practitioner=person, roles=roles)


def test_marked_practitioners_are_sound_but_for_one_thing(dataset: Dataset) -> None:
    for item in dataset.practitioners:
        if item.reason is Reason.EXPIRED:
            before = min(check.expires_on for check in item.roles[0].evidence) - timedelta(days=1)
            assert of_practitioner(item, before), item
        elif item.reason is Reason.UNVERIFIED:
            assert item.roles[0].evidence == ()
        elif item.reason:
            assert of_practitioner(mended(item)), item


def test_marked_clinics_are_sound_but_for_one_thing(dataset: Dataset) -> None:
    for item in dataset.clinics:
        shown = replace(item, clinic=replace(item.clinic, hidden=False, deactivated_on=None))
        if item.reason in (Reason.HIDDEN, Reason.DEACTIVATED):
            assert of_clinic_alone(shown), item
        elif item.reason is Reason.EXPIRED:
            before = min(check.expires_on for check in item.sites[0].evidence) - timedelta(days=1)
            assert of_clinic_alone(item, before), item


def test_marked_links_do_not_count(dataset: Dataset) -> None:
    assert all(item.link.confirmed is (item.reason is None) for item in dataset.links)


def test_links_join_clinics_that_exist_once(dataset: Dataset) -> None:
    ids = {item.clinic.id for item in dataset.clinics}
    pairs = [frozenset((item.link.clinic_id, item.link.partner_id)) for item in dataset.links]
    assert all(len(pair) == 2 and pair <= ids for pair in pairs)
    assert len(set(pairs)) == len(pairs)


def test_integrated_clinics_and_networks(dataset: Dataset, clinic_listings: Listings) -> None:
    models = Counter(model for listing in all_of(clinic_listings) for model in listing.values(Field.CLINIC_MODEL))
    assert models[INTEGRATED] >= 40
    assert models[NETWORK] >= 40
    assert models["none"] >= 10
    sizes = Counter(networks(item.link for item in dataset.links).values())
    assert sum(size >= 3 for size in sizes.values()) >= 15


def test_a_shared_address_alone_makes_no_integrated_clinic(dataset: Dataset, clinic_listings: Listings) -> None:
    own: dict[str, list[str]] = defaultdict(list)
    for item in dataset.practitioners:
        for role in item.roles:
            if role.clinic_id is None:
                own[role.location.id].append(item.practitioner.npi)
    shared = {place for place, npis in own.items() if len(npis) > 1}
    assert len(shared) >= 3
    assert not shared & {place for found in clinic_listings.values() for place in places(found)}


def test_several_places(practitioner_listings: Listings, clinic_listings: Listings) -> None:
    assert sum(len(found) > 1 for found in practitioner_listings.values()) >= 40
    assert sum(len(found) > 1 for found in clinic_listings.values()) >= 15


def test_surgeons_with_and_without_evidence_of_spine_practice(
    dataset: Dataset, practitioner_listings: Listings
) -> None:
    surgeons = [
        listing for listing in all_of(practitioner_listings)
        if "spine_surgeon_neurosurgery" in listing.values(Field.SPECIALTY)
    ]  # fmt: skip
    unconfirmed = sum("spine_practice_not_confirmed" in listing.card.notices for listing in surgeons)
    assert 4 <= unconfirmed <= len(surgeons) - 10
    by_role = {item.practitioner.npi for item in dataset.practitioners if not item.reason} & {
        item.practitioner.npi for item in dataset.practitioners
        if item.practitioner.taxonomies in (("207X00000X",), ("207L00000X",))
    }  # fmt: skip
    assert len(by_role) >= 5


def test_levels_are_mixed(practitioner_listings: Listings, clinic_listings: Listings) -> None:
    for found in (practitioner_listings, clinic_listings):
        levels = Counter(level for listing in all_of(found) for level in listing.values(Field.LEVEL))
        assert min(levels[level.value] for level in Level) >= 5
    people = Counter(level for listing in all_of(practitioner_listings) for level in listing.values(Field.LEVEL))
    assert min(people[level.value] for level in Level) / people.total() >= 0.15


def test_a_demonstration_lasts_for_six_weeks(practitioner_listings: Listings) -> None:
    lasting = [listing.expires_on > LOAD_DAY + timedelta(days=42) for listing in all_of(practitioner_listings)]
    assert sum(lasting) / len(lasting) > 0.95
    assert sum(not lasts for lasts in lasting) >= 3


def test_facts_are_incomplete(dataset: Dataset) -> None:
    for name in ("accepting_new_patients", "telehealth", "board_certified"):
        values = Counter(getattr(held, name) for held in facts(dataset))
        assert min(values[known] for known in Known) >= 10, name
    for name in ("languages", "insurance", "accessibility", "conditions", "treatments", "age_groups", "open_days"):
        stated = sum(bool(getattr(held, name)) for held in facts(dataset)) / len(facts(dataset))
        assert 0.2 < stated < 0.9, name
    genders = Counter(item.practitioner.gender for item in dataset.practitioners)
    assert min(genders[gender] for gender in Gender) >= 3


def test_the_registry_alone_states_no_facts(dataset: Dataset) -> None:
    for item in dataset.practitioners:
        for role in item.roles:
            if {check.level for check in role.evidence} == {Level.REGISTRY}:
                assert role.facts == CareFacts()


def test_spanish_is_common_but_not_everywhere(dataset: Dataset) -> None:
    stated = [held.languages for held in facts(dataset) if held.languages]
    spanish = sum("es" in languages for languages in stated) / len(stated)
    assert 0.2 < spanish < 0.5
    assert len({language for languages in stated for language in languages}) >= 8


def test_every_code_is_in_the_vocabulary(dataset: Dataset) -> None:
    vocabulary = load()
    known = {
        "languages": vocabulary.languages,
        "insurance": vocabulary.insurers,
        "accessibility": vocabulary.accessibility,
        "conditions": vocabulary.conditions,
        "treatments": vocabulary.treatments,
        "age_groups": vocabulary.age_groups,
        "open_days": vocabulary.days,
    }
    for name, codes in known.items():
        used = {code for held in facts(dataset) for code in getattr(held, name)}
        assert used - set(codes) == set(), name
        assert used, name
    people = [item.practitioner for item in dataset.practitioners]
    assert {person.credential for person in people} <= set(vocabulary.credentials)
    assert {code for person in people for code in person.taxonomies} <= set(vocabulary.taxonomies)
    assert {code for item in dataset.clinics for code in item.clinic.taxonomies} <= set(vocabulary.taxonomies)


@pytest.mark.parametrize("specialty", PRACTICES)
def test_nobody_offers_a_treatment_of_another_profession(specialty: str) -> None:
    offered = {treatment.code for treatment in load().treatments_offered_by(specialty)}
    assert set(PRACTICES[specialty].treatments) - offered == set()


def test_some_state_a_condition_that_their_specialty_does_not_usually_treat(practitioner_listings: Listings) -> None:
    """So that "states that they treat" and "specialty usually treats" can be told apart on a card."""
    beyond = [
        listing for listing in all_of(practitioner_listings)
        if set(listing.values(Field.CONDITION_STATED)) - set(listing.values(Field.CONDITION_USUAL))
    ]  # fmt: skip
    assert len(beyond) >= 5


def test_names_are_those_of_many_people(dataset: Dataset) -> None:
    names = [item.practitioner.name for item in dataset.practitioners]
    shown = [name.display() for name in names]
    accented = [text for text in shown if unicodedata.normalize("NFD", text) != text]
    assert len(accented) > 80
    assert sum("'" in text for text in shown) >= 5
    assert sum("-" in name.family for name in names) >= 20
    assert sum(" " in name.family for name in names) >= 5
    assert sum(bool(name.suffix) for name in names) >= 10
    assert sum(bool(item.practitioner.other_names) for item in dataset.practitioners) >= 10
    namesakes = [count for count in Counter((name.given, name.family) for name in names).values() if count > 1]
    assert 3 <= len(namesakes) <= 6
