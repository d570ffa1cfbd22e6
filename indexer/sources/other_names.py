"""Other names of organizations (NPPES othername_pfile): what they do business as, or were called before.

Source: CMS, NPPES Data Dissemination, read-me and code values (3 doing business as, 4 former legal name, 5 other).
"""

from collections.abc import Mapping

from indexer.sources import names
from indexer.sources.columns import Finding, Reader, Stated
from indexer.sources.outcome import Rejected

_COLUMNS = {"name": "Provider Other Organization Name"}


def _read(line: int, npi: str, cells: Mapping[str, str]) -> Finding[str]:
    name = names.organization(cells["name"])
    return Stated(line, npi, name) if name else Rejected(line, npi, "no name")


OTHER_NAMES = Reader(_COLUMNS, _read)
