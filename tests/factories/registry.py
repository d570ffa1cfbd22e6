"""Registry files in the official layout, with invented people under NPIs that are never issued."""

import csv
import io
from collections.abc import Iterable, Mapping

from directory.domain.npi import with_check_digit

TAXONOMIES, IDENTIFIERS = 15, 50
_PRACTICE = "Provider Business Practice Location Address"


def header(*, certification: bool = True, gender: str = "Provider Sex Code") -> list[str]:
    """The 330 columns, or 329 without the certification date."""
    columns = ["NPI", "Entity Type Code", "Replacement NPI", "Employer Identification Number (EIN)",
               "Provider Organization Name (Legal Business Name)", "Provider Last Name (Legal Name)",
               "Provider First Name", "Provider Middle Name", "Provider Name Prefix Text", "Provider Name Suffix Text",
               "Provider Credential Text", "Provider Other Organization Name",
               "Provider Other Organization Name Type Code", "Provider Other Last Name", "Provider Other First Name",
               "Provider Other Middle Name", "Provider Other Name Prefix Text", "Provider Other Name Suffix Text",
               "Provider Other Credential Text", "Provider Other Last Name Type Code"]  # fmt: skip
    for kind in ("Mailing", "Practice Location"):
        columns += [f"Provider {line} Line Business {kind} Address" for line in ("First", "Second")]
        columns += [f"Provider Business {kind} Address {part}" for part in
                    ("City Name", "State Name", "Postal Code", "Country Code (If outside U.S.)", "Telephone Number",
                     "Fax Number")]  # fmt: skip
    columns += ["Provider Enumeration Date", "Last Update Date", "NPI Deactivation Reason Code",
                "NPI Deactivation Date", "NPI Reactivation Date", gender]  # fmt: skip
    columns += [f"Authorized Official {part}" for part in
                ("Last Name", "First Name", "Middle Name", "Title or Position", "Telephone Number")]  # fmt: skip
    for number in range(1, TAXONOMIES + 1):
        columns += [f"Healthcare Provider Taxonomy Code_{number}", f"Provider License Number_{number}",
                    f"Provider License Number State Code_{number}",
                    f"Healthcare Provider Primary Taxonomy Switch_{number}"]  # fmt: skip
    for number in range(1, IDENTIFIERS + 1):
        columns += [f"Other Provider Identifier{part}_{number}" for part in ("", " Type Code", " State", " Issuer")]
    columns += ["Is Sole Proprietor", "Is Organization Subpart", "Parent Organization LBN", "Parent Organization TIN"]
    columns += [f"Authorized Official {part} Text" for part in ("Name Prefix", "Name Suffix", "Credential")]
    columns += [f"Healthcare Provider Taxonomy Group_{number}" for number in range(1, TAXONOMIES + 1)]
    return [*columns, "Certification Date"] if certification else columns


def number(serial: int) -> str:
    """The NPI of a serial number: from the 2-range, with its check digit."""
    return with_check_digit(f"2{serial:08}")


def individual(serial: int, *taxonomies: str, **cells: str) -> dict[str, str]:
    """A chiropractor in Chicago unless said otherwise. Keywords are short column names (see `_SHORT`)."""
    row = {
        "NPI": number(serial),
        "Entity Type Code": "1",
        "Provider Last Name (Legal Name)": "TESTERMAN",
        "Provider First Name": "ALMA",
        "Provider Credential Text": "D.C.",
        "Provider Sex Code": "F",
        "Provider First Line Business Mailing Address": "PO BOX 99",
    }
    return _filled(row, taxonomies or ("111N00000X",), cells)


def organization(serial: int, *taxonomies: str, **cells: str) -> dict[str, str]:
    """A pain clinic in Chicago unless said otherwise."""
    row = {
        "NPI": number(serial),
        "Entity Type Code": "2",
        "Provider Organization Name (Legal Business Name)": "EXAMPLE SPINE CENTER, LLC",
    }
    return _filled(row, taxonomies or ("261QP3300X",), cells)


def deactivation(serial: int, on: str = "01/22/2024") -> dict[str, str]:
    """A number that the registry took out of use: nothing else is stated."""
    return {"NPI": number(serial), "NPI Deactivation Date": on}


_SHORT = {
    "npi": "NPI",
    "entity": "Entity Type Code",
    "name": "Provider Organization Name (Legal Business Name)",
    "other_organization": "Provider Other Organization Name",
    "family": "Provider Last Name (Legal Name)",
    "given": "Provider First Name",
    "middle": "Provider Middle Name",
    "suffix": "Provider Name Suffix Text",
    "credential": "Provider Credential Text",
    "other_family": "Provider Other Last Name",
    "gender": "Provider Sex Code",
    "line1": "Provider First Line Business Practice Location Address",
    "line2": "Provider Second Line Business Practice Location Address",
    "city": f"{_PRACTICE} City Name",
    "state": f"{_PRACTICE} State Name",
    "postal": f"{_PRACTICE} Postal Code",
    "country": f"{_PRACTICE} Country Code (If outside U.S.)",
    "phone": f"{_PRACTICE} Telephone Number",
    "deactivated": "NPI Deactivation Date",
    "reactivated": "NPI Reactivation Date",
}
_CHICAGO = {"line1": "100 N EXAMPLE ST", "city": "CHICAGO", "state": "IL", "postal": "606141234", "country": "US",
            "phone": "3125550123"}  # fmt: skip


def _filled(row: dict[str, str], taxonomies: Iterable[str], cells: Mapping[str, str]) -> dict[str, str]:
    row |= {_SHORT[name]: value for name, value in (_CHICAGO | dict(cells)).items()}
    for place, code in enumerate(taxonomies, 1):
        row[f"Healthcare Provider Taxonomy Code_{place}"] = code.rstrip("*")
        row[f"Healthcare Provider Primary Taxonomy Switch_{place}"] = "Y" if code.endswith("*") else "N"
    return row


def table(rows: Iterable[Mapping[str, str]], columns: list[str] | None = None, *, quoted: bool = True) -> bytes:
    """The file as the registry writes it: quoted, one row a line."""
    names = columns or header()
    out = io.StringIO()
    style = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    writer = csv.DictWriter(out, names, restval="", quoting=style, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
