"""Registry rows become records of this directory, or say why not."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

import pytest

from directory.domain.errors import InvalidInput
from directory.domain.evidence import Level
from directory.domain.facts import Gender
from directory.domain.place import Address
from directory.vocabulary import load
from indexer.sources.address import ABROAD, MILITARY
from indexer.sources.dating import Dating
from indexer.sources.nppes import NOT_OURS, Reading, outcomes
from indexer.sources.outcome import (
    Deactivated,
    Loaded,
    Outcome,
    RegistryClinic,
    RegistryPractitioner,
    Rejected,
    Skipped,
    Tally,
)
from tests.factories.registry import deactivation, header, individual, number, organization, table
from tests.fakes.positions import MIDDLE, FixedPositions

DATING = Dating(date(2026, 1, 11), date(2026, 5, 11), "old_registry_file")
READING = Reading(load(), FixedPositions(foreign=["99999"], unknown=["88888"]), DATING)


def read(data: bytes, reading: Reading = READING) -> list[Outcome]:
    return list(outcomes(io.BytesIO(data), "registry.csv", reading))


def read_rows(*rows: Mapping[str, str]) -> list[Outcome]:
    return read(table(rows))


def practitioner(row: Mapping[str, str]) -> RegistryPractitioner:
    (outcome,) = read_rows(row)
    assert isinstance(outcome, Loaded)
    assert isinstance(outcome.entry, RegistryPractitioner)
    return outcome.entry


def test_an_individual_becomes_a_practitioner_with_a_role_at_the_practice_location() -> None:
    row = individual(1, "111N00000X", middle="J", suffix="JR", other_family="MAIDEN", line2="STE 300")
    entry = practitioner(row)
    person, role = entry.practitioner, entry.role
    assert (person.npi, person.name.display()) == (number(1), "Alma J. Testerman Jr.")
    assert (person.credential, person.gender, person.other_names) == ("DC", Gender.FEMALE, ("Alma Maiden",))
    assert role.location.address == Address("100 N Example St", "Chicago", "IL", "60614", "Ste 300")
    assert role.location.position.point == MIDDLE
    assert (role.npi, role.clinic_id, role.contact.phone) == (number(1), None, "+13125550123")
    assert "99" not in str(entry.role)


def test_evidence_says_what_was_checked_where_and_when() -> None:
    evidence = practitioner(individual(1)).role.evidence
    assert [item.what for item in evidence] == [
        "NPI well-formed and active", "Taxonomy 111N00000X: Chiropractor", "Address placed in IL",
    ]  # fmt: skip
    assert {(item.level, item.checked_on, item.expires_on, item.note) for item in evidence} == {
        (Level.REGISTRY, DATING.checked_on, DATING.expires_on, "old_registry_file")
    }
    assert all(item.source.startswith("NPPES") for item in evidence)


def test_an_organization_becomes_a_clinic_without_a_badge() -> None:
    (outcome,) = read_rows(organization(7, "193200000X", other_organization="EXAMPLE SPINE"))
    assert isinstance(outcome, Loaded)
    assert isinstance(outcome.entry, RegistryClinic)
    clinic, site = outcome.entry.clinic, outcome.entry.site
    assert (clinic.id, clinic.npi, clinic.name) == (f"n{number(7)}", number(7), "Example Spine Center, LLC")
    assert clinic.other_names == ("Example Spine",)
    assert {item.level for item in site.evidence} == {Level.REGISTRY}


def test_the_primary_taxonomy_comes_first() -> None:
    row = individual(1, "225100000X", "363A00000X", "111N00000X*", "225100000X")
    assert practitioner(row).practitioner.taxonomies == ("111N00000X", "225100000X", "363A00000X")


@pytest.mark.parametrize(
    ("stated", "gender"),
    [("F", Gender.FEMALE), ("M", Gender.MALE), ("X", Gender.UNKNOWN), ("U", Gender.UNKNOWN), ("", Gender.UNKNOWN)],
)
def test_genders(stated: str, gender: Gender) -> None:
    assert practitioner(individual(1, gender=stated)).practitioner.gender is gender


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (individual(1, "122300000X"), NOT_OURS),
        (individual(1, "261QP3300X"), NOT_OURS),
        (individual(1, "207L00000X"), "Anesthesiologist, without evidence of spine or pain practice"),
        (individual(1, "207X00000X"), "Orthopedic surgeon, without evidence of spine or pain practice"),
        (organization(1, "207L00000X"), "Anesthesiologist, without evidence of spine or pain practice"),
        (organization(1, "282N00000X"), NOT_OURS),
        (individual(1, country="IT", state="VENETO", postal="30100"), ABROAD),
        (individual(1, state="AE", postal="09123"), MILITARY),
    ],
)
def test_sound_rows_that_are_not_listed_are_skipped_with_the_reason(row: Mapping[str, str], reason: str) -> None:
    assert read_rows(row) == [Skipped(2, number(1), reason)]


@pytest.mark.parametrize(
    "taxonomies",
    [("207L00000X", "207LP2900X"), ("207X00000X", "207XS0117X"), ("207T00000X",)],
    ids=["anesthesiologist with pain medicine", "orthopaedic surgeon of the spine", "neurosurgeon"],
)
def test_surgeons_and_anesthesiologists_are_listed_with_their_evidence(taxonomies: tuple[str, ...]) -> None:
    assert practitioner(individual(1, *taxonomies)).practitioner.taxonomies == taxonomies


@pytest.mark.fault(22)
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (individual(1, npi="2123456783"), "NPI has a wrong check digit"),
        (individual(1, npi="0000000006"), "NPI does not begin with 1 or 2"),
        (individual(1, npi="123456789"), "NPI is not ten digits"),
        (individual(1, entity="3"), "entity type is neither 1 nor 2"),
        (individual(1, entity=""), "no entity type, and not deactivated"),
        (individual(1, deactivated="2024-01-22"), "deactivation or reactivation date cannot be read"),
        (individual(1, postal="6061"), "postal code is not 5 or 9 digits"),
        (individual(1, state="XX"), "practice state is none of the states"),
        (individual(1, line1="", line2=""), "practice address without street or city"),
        (individual(1, family=" "), "individual without a family name"),
        (organization(1, name=""), "organization without a name"),
    ],
)
def test_rows_that_cannot_be_right_are_rejected(row: Mapping[str, str], reason: str) -> None:
    (outcome,) = read_rows(row)
    assert outcome == Rejected(2, row["NPI"], reason)


def test_deactivated_numbers_leave_and_reactivated_ones_come_back() -> None:
    rows = [
        deactivation(1),
        individual(2, deactivated="01/02/2024"),
        individual(3, deactivated="01/02/2024", reactivated="01/05/2024"),
        individual(4, deactivated="01/07/2024", reactivated="01/05/2024"),
        individual(5, deactivated="01/05/2024", reactivated="01/05/2024"),
    ]
    found = read_rows(*rows)
    assert found[0] == Deactivated(2, number(1), date(2024, 1, 22))
    assert [type(outcome) for outcome in found] == [Deactivated, Deactivated, Loaded, Deactivated, Loaded]


@pytest.mark.fault(24)
def test_a_point_outside_the_stated_state_is_refused_and_counted() -> None:
    foreign, unknown = read_rows(individual(1, postal="99999"), individual(2, postal="88888"))
    assert isinstance(foreign, Loaded)
    assert isinstance(foreign.entry, RegistryPractitioner)
    assert foreign.entry.role.location.position.point is None
    assert foreign.notes == ("position refused: outside the stated state",)
    assert len(foreign.entry.role.evidence) == 2
    assert isinstance(unknown, Loaded)
    assert unknown.notes == ("no position known",)


@pytest.mark.parametrize(("country", "state"), [("PR", "PUERTO RICO"), ("US", "PR"), ("UM", "MA"), ("", "IL")])
def test_territories_and_spelt_out_states(country: str, state: str) -> None:
    row = individual(1, country=country, state=state)
    assert practitioner(row).role.location.address.state == ("PR" if "P" in state else state)


@pytest.mark.parametrize("phone", ["555", "0000000000", "phone", "9990000000"])
def test_a_phone_that_cannot_be_dialled_is_left_out(phone: str) -> None:
    (outcome,) = read_rows(individual(1, phone=phone))
    assert isinstance(outcome, Loaded)
    assert isinstance(outcome.entry, RegistryPractitioner)
    assert outcome.entry.role.contact.phone == ""
    assert outcome.notes == ("phone left out: it cannot be dialled",)


def test_both_layouts_give_the_same_records() -> None:
    rows = [individual(1), organization(2)]
    older = header(certification=False, gender="Provider Gender Code")
    moved = [{**row, "Provider Gender Code": row.get("Provider Sex Code", "")} for row in rows]
    assert read(table(rows)) == read(table(moved, older))
    assert len(older) == 329
    assert len(header()) == 330


@pytest.mark.fault(21)
def test_columns_are_found_by_name_wherever_they_stand() -> None:
    assert read(table([individual(1)], header()[::-1])) == read(table([individual(1)]))


@pytest.mark.fault(21)
def test_missing_columns_are_named() -> None:
    columns = [name for name in header() if name not in {"NPI Deactivation Date", "Provider Sex Code"}]
    with pytest.raises(InvalidInput, match="NPI Deactivation Date; Provider Sex Code or Provider Gender Code"):
        read(table([], columns))


def test_a_renamed_taxonomy_column_is_named() -> None:
    columns = [name.replace("Taxonomy Code_15", "Taxonomy_15") for name in header()]
    with pytest.raises(InvalidInput, match="Healthcare Provider Taxonomy Code_15"):
        read(table([], columns))


def test_a_needed_column_that_is_there_twice_is_refused() -> None:
    with pytest.raises(InvalidInput, match="more than once: npi"):
        read(table([], [*header(), "NPI"]))


def test_another_table_of_the_registry_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no registry table"):
        read(b'"NPI","Provider Other Organization Name","Provider Other Organization Name Type Code"\n')


@pytest.mark.fault(20)
def test_every_row_has_exactly_one_outcome() -> None:
    sound = table(
        [individual(1), organization(2), individual(3, "122300000X"), deactivation(4), individual(5, entity="9")]
    )
    broken = b'"too","few"\n"\xff"' + b',""' * 329 + b"\n"
    tally = Tally()
    for outcome in read(sound + broken):
        tally.add(outcome)
    assert (tally.loaded, tally.skipped, tally.deactivated, tally.rejected) == (2, 1, 1, 3)
    assert tally.rows == 7
    assert (tally.kinds["practitioners"], tally.kinds["clinics"]) == (1, 1)
    assert sum(tally.rejected_because.values()) == 3


def test_rejected_rows_carry_the_line_they_start_on() -> None:
    found = read(
        table([individual(1), individual(2)]) + b'"2000","x\ny"\n' + table([individual(3, npi="5")]).split(b"\n", 1)[1]
    )
    assert [(type(outcome), outcome.line) for outcome in found] == [
        (Loaded, 2), (Loaded, 3), (Rejected, 4), (Rejected, 5), (Rejected, 6),
    ]  # fmt: skip


def spreadsheet(rows: Iterable[Mapping[str, str]]) -> bytes:
    return table(rows, quoted=False)


def floats(row: dict[str, str], **cells: str) -> dict[str, str]:
    columns = {"phone": "Telephone Number", "postal": "Postal Code"}
    named = {f"Provider Business Practice Location Address {columns[key]}": value for key, value in cells.items()}
    return row | {"Entity Type Code": row["Entity Type Code"] + ".0"} | named


MENDING = replace(READING, mend=True)


def test_a_file_that_went_through_a_spreadsheet_is_refused_with_examples() -> None:
    data = spreadsheet([floats(individual(1), phone="3125550123.0", postal="60614.0")])
    with pytest.raises(InvalidInput, match=r"spreadsheet.*3125550123\.0.*--mend"):
        read(data)


def test_lost_leading_zeros_alone_are_recognised() -> None:
    with pytest.raises(InvalidInput, match=r"leading zero \(2740 MA\)"):
        read(spreadsheet([individual(1, state="MA", postal="2740")]))


def test_one_mistyped_postal_code_is_no_damaged_file() -> None:
    rows = [individual(1, state="MA", postal="02740"), individual(2, state="MA", postal="2740")]
    assert [type(outcome) for outcome in read_rows(*rows)] == [Loaded, Rejected]


@pytest.mark.parametrize(
    ("state", "postal", "mended"),
    [
        ("IL", "60614.0", "60614"),
        ("IL", "606141234.0", "60614"),
        ("MA", "2740.0", "02740"),
        ("MA", "27406232.0", "02740"),
        ("PR", "901.0", "00901"),
        ("NY", "6390.0", "06390"),
    ],
)
def test_mending_puts_digits_back_where_that_is_certain(state: str, postal: str, mended: str) -> None:
    row = floats(individual(1, state=state), phone="3125550123.0", postal=postal)
    (outcome,) = read(spreadsheet([row]), MENDING)
    assert isinstance(outcome, Loaded)
    assert isinstance(outcome.entry, RegistryPractitioner)
    assert outcome.entry.role.location.address.zip == mended
    assert outcome.entry.role.contact.phone == "+13125550123"


@pytest.mark.parametrize(("state", "postal"), [("IL", "2740.0"), ("CA", "901.0"), ("MA", "740.0")])
def test_a_leading_zero_that_does_not_fit_the_state_is_not_put_back(state: str, postal: str) -> None:
    (outcome,) = read(spreadsheet([floats(individual(1, state=state), postal=postal)]), MENDING)
    assert outcome == Rejected(2, number(1), "postal code is not 5 or 9 digits")


def test_a_number_in_exponent_form_is_mended_only_with_all_its_digits() -> None:
    whole = f"{number(1)[0]}.{number(1)[1:]}E+09"
    rows = [floats(individual(1, npi=whole)), floats(individual(2, npi="2.00E+09"))]
    found = read(spreadsheet(rows), MENDING)
    assert [type(outcome) for outcome in found] == [Loaded, Rejected]
    assert (found[0].npi, found[1].npi) == (number(1), "2.00E+09")
