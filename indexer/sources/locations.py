"""Secondary practice locations (NPPES pl_pfile). Source: CMS, NPPES Data Dissemination, read-me and file header."""

from collections.abc import Mapping
from dataclasses import dataclass

from directory.domain.place import Address
from indexer.sources.address import Elsewhere, Unusable, address, e164
from indexer.sources.columns import Finding, Reader, Stated
from indexer.sources.layout import Cells
from indexer.sources.nppes import phone_notes
from indexer.sources.outcome import Rejected, Skipped

_PLACE = "Provider Secondary Practice Location Address"
_COLUMNS = {
    "line1": f"{_PLACE}- Address Line 1",
    "line2": f"{_PLACE}-  Address Line 2",
    "city": f"{_PLACE} - City Name",
    "state": f"{_PLACE} - State Name",
    "postal": f"{_PLACE} - Postal Code",
    "country": f"{_PLACE} - Country Code (If outside U.S.)",
    "phone": f"{_PLACE} - Telephone Number",
}


@dataclass(frozen=True, slots=True)
class Place:
    """An address with its phone (E.164, or empty)."""

    address: Address
    phone: str


_NOTHING = Cells(**dict.fromkeys(Cells._fields, ""))


def _read(line: int, npi: str, cells: Mapping[str, str]) -> Finding[Place]:
    try:
        where = address(_NOTHING._replace(**cells))
    except Elsewhere as elsewhere:
        return Skipped(line, npi, str(elsewhere))
    except Unusable as unusable:
        return Rejected(line, npi, str(unusable))
    stated = cells["phone"].strip()
    phone = e164(stated)
    return Stated(line, npi, Place(where, phone), phone_notes(stated, phone))


LOCATIONS = Reader(_COLUMNS, _read)
