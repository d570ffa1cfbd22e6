"""Names as people write them."""

import pytest

from directory.domain.practitioner import PersonName
from directory.vocabulary import load
from indexer.sources import names
from indexer.sources.credentials import Degrees


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ("SMITH", "Smith"),
        ("MCDONALD", "McDonald"),
        ("MACDONALD", "MacDonald"),
        ("MACK", "Mack"),
        ("MACIAS", "Macias"),
        ("O'BRIEN", "O'Brien"),
        ("O’NEIL", "O’Neil"),
        ("D'ANGELO", "D'Angelo"),
        ("SMITH-JONES", "Smith-Jones"),
        ("MCKAY-O'HARA", "McKay-O'Hara"),
        ("DE LA CRUZ", "de la Cruz"),
        ("GARCIA DE LEON", "Garcia de Leon"),
        ("VAN DER BERG", "van der Berg"),
        ("VAN", "Van"),
        ("VAN NGUYEN", "Van Nguyen"),
        ("LA", "La"),
        ("ST. JOHN", "St. John"),
        ("NÚÑEZ", "Núñez"),
        ("deGroot", "deGroot"),
        ("  LEE   PARK ", "Lee Park"),
        ("", ""),
    ],
)
def test_family_names(stated: str, shown: str) -> None:
    assert names.family(stated) == shown


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        (("TESTERMAN", "ALMA", "J", "DR.", "JR."), PersonName("Alma", "Testerman", "J.", "Dr.", "Jr.")),
        (("TESTERMAN III", "ROY"), PersonName("Roy", "Testerman", suffix="III")),
        (("TESTERMAN JR.", "ROY", "", "", "IV"), PersonName("Roy", "Testerman Jr.", suffix="IV")),
        (("TESTERMAN", "MARY-ANN", "LEE"), PersonName("Mary-Ann", "Testerman", "Lee")),
        (("TESTERMAN", "ROY", "", "", "ESQ"), PersonName("Roy", "Testerman")),
    ],
)
def test_people(parts: tuple[str, ...], shown: PersonName) -> None:
    assert names.person_name(*parts) == shown


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ("SPINE CENTER OF TEXAS, PLLC", "Spine Center of Texas, PLLC"),
        ("THE PAIN CLINIC, L.L.C.", "The Pain Clinic, L.L.C."),
        ("A BETTER BACK PT PC", "A Better Back PT PC"),
        ("ST. MARY'S REHAB & SPORTS", "St. Mary's Rehab & Sports"),
        ("O'BRIEN CHIROPRACTIC INC.", "O'Brien Chiropractic Inc."),
        ("1ST CHOICE PHYSICAL THERAPY", "1st Choice Physical Therapy"),
        ("DBA: MCKAY SPINE", "McKay Spine"),
        ("BSW PAIN GROUP II", "BSW Pain Group II"),
        ("SpineOne, PC", "SpineOne, PC"),
    ],
)
def test_organizations(stated: str, shown: str) -> None:
    assert names.organization(stated) == shown


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ("1824 NE KING STREET STE A", "1824 NE King Street Ste A"),
        ("8402 W WARM SPRINGS RD", "8402 W Warm Springs Rd"),
        ("100 E 77TH ST FL 4", "100 E 77th St Fl 4"),
        ("PO BOX 12", "PO Box 12"),
        ("4411 E KINGS CANYON RD # 3B", "4411 E Kings Canyon Rd # 3B"),
        ("745 Old Mayfield Rd", "745 Old Mayfield Rd"),
    ],
)
def test_streets(stated: str, shown: str) -> None:
    assert names.street(stated) == shown


@pytest.mark.parametrize(
    ("stated", "shown"),
    [("MCALLEN", "McAllen"), ("FOND DU LAC", "Fond du Lac"), ("LAS VEGAS", "Las Vegas"), ("O'FALLON", "O'Fallon")],
)
def test_cities(stated: str, shown: str) -> None:
    assert names.city(stated) == shown


@pytest.fixture(scope="module")
def degrees() -> Degrees:
    return Degrees(load().credentials.values())


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        ("D.O.", "DO"),
        ("O. D.", "OD"),
        ("M. D.", "MD"),
        ("M.D", "MD"),
        ("MD", "MD"),
        ("M.D., PH.D.", "MD, PhD"),
        ("MD, PHD", "MD, PhD"),
        ("PT DPT", "PT, DPT"),
        ("MD/PHD", "MD, PhD"),
        ("M.D. AND PH. D.", "MD, PhD"),
        ("MEDICAL DOCTOR", "MD"),
        ("DOCTOR OF CHIROPRACTIC", "DC"),
        ("D.C., C.C.S.P.", "DC, CCSP"),
        ("M.D.1208", "MD"),
        ("MD, MD", "MD"),
        ("DR.", ""),
        ("", ""),
        ("123", ""),
    ],
)
def test_degrees(degrees: Degrees, stated: str, read: str) -> None:
    assert degrees.read(stated) == read
