"""The registry's further tables, and archives of several, with invented people under NPIs that are never issued."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.factories.registry import number

_PLACE = "Provider Secondary Practice Location Address"
PLACES = (
    "NPI", f"{_PLACE}- Address Line 1", f"{_PLACE}-  Address Line 2", f"{_PLACE} - City Name", f"{_PLACE} - State Name",
    f"{_PLACE} - Postal Code", f"{_PLACE} - Country Code (If outside U.S.)", f"{_PLACE} - Telephone Number",
    f"{_PLACE} - Telephone Extension", "Provider Practice Location Address - Fax Number",
)  # fmt: skip
NAMES = ("NPI", "Provider Other Organization Name", "Provider Other Organization Name Type Code")
ENDPOINTS = (
    "NPI", "Endpoint Type", "Endpoint Type Description", "Endpoint", "Affiliation", "Endpoint Description",
    "Affiliation Legal Business Name", "Use Code", "Use Description", "Other Use Description", "Content Type",
    "Content Description", "Other Content Description", "Affiliation Address Line One", "Affiliation Address Line Two",
    "Affiliation Address City", "Affiliation Address State", "Affiliation Address Country",
    "Affiliation Address Postal Code",
)  # fmt: skip


def place(serial: int, line: str = "7 SAMPLE AVE", *, npi: str = "", **cells: str) -> Sequence[str]:
    """A second location in Evanston unless said otherwise."""
    shown = {"city": "EVANSTON", "state": "IL", "postal": "602011234", "country": "US", "phone": "3125550199"} | cells
    return (npi or number(serial), line, "", shown["city"], shown["state"], shown["postal"], shown["country"],
            shown["phone"], "", "")  # fmt: skip


def name(serial: int, text: str, kind: str = "3") -> Sequence[str]:
    return (number(serial), text, kind)


def endpoint(serial: int, kind: str, address: str) -> Sequence[str]:
    return (number(serial), kind, "", address, "N", *[""] * 14)


def written(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The table as the registry writes it: every cell quoted."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([columns, *rows])
    return out.getvalue().encode()


def archive(path: Path, members: Mapping[str, bytes]) -> Path:
    """A zip with these members, in this order."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for member, data in members.items():
            packed.writestr(member, data)
    return path
