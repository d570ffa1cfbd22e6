"""Columns of the registry's main table (npidata_pfile), found by header name.

Source: the registry's NPPES Data Dissemination read-me and file header. Two layouts are in circulation: 329 columns
without, and 330 with the certification date. One needed column was renamed in 2025.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from directory.domain.errors import InvalidInput

TAXONOMIES = 15
_COLUMNS: dict[str, tuple[str, ...]] = {
    "npi": ("NPI",),
    "entity": ("Entity Type Code",),
    "organization": ("Provider Organization Name (Legal Business Name)",),
    "family": ("Provider Last Name (Legal Name)",),
    "given": ("Provider First Name",),
    "middle": ("Provider Middle Name",),
    "prefix": ("Provider Name Prefix Text",),
    "suffix": ("Provider Name Suffix Text",),
    "credential": ("Provider Credential Text",),
    "other_organization": ("Provider Other Organization Name",),
    "other_family": ("Provider Other Last Name",),
    "other_given": ("Provider Other First Name",),
    "other_middle": ("Provider Other Middle Name",),
    "line1": ("Provider First Line Business Practice Location Address",),
    "line2": ("Provider Second Line Business Practice Location Address",),
    "city": ("Provider Business Practice Location Address City Name",),
    "state": ("Provider Business Practice Location Address State Name",),
    "postal": ("Provider Business Practice Location Address Postal Code",),
    "country": ("Provider Business Practice Location Address Country Code (If outside U.S.)",),
    "phone": ("Provider Business Practice Location Address Telephone Number",),
    "deactivated": ("NPI Deactivation Date",),
    "reactivated": ("NPI Reactivation Date",),
    "gender": ("Provider Sex Code", "Provider Gender Code"),
}
_CODE, _SWITCH = "Healthcare Provider Taxonomy Code_{}", "Healthcare Provider Primary Taxonomy Switch_{}"


class Cells(NamedTuple):
    """The cells of one row that the directory uses, as they stand in the file."""

    npi: str
    entity: str
    organization: str
    family: str
    given: str
    middle: str
    prefix: str
    suffix: str
    credential: str
    other_organization: str
    other_family: str
    other_given: str
    other_middle: str
    line1: str
    line2: str
    city: str
    state: str
    postal: str
    country: str
    phone: str
    deactivated: str
    reactivated: str
    gender: str


Pick = Callable[[Sequence[str]], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the needed cells are. `width` is the number of columns, of which the first `upto` hold all that is needed;
    `codes` and `switches` pick 15 cells each, `code_columns` says where the codes stand."""

    width: int
    upto: int
    index: dict[str, int]
    cells: Pick
    codes: Pick
    switches: Pick
    code_columns: tuple[int, ...]

    def read(self, row: Sequence[str]) -> Cells:
        return Cells(*self.cells(row))

    def taxonomies(self, row: Sequence[str]) -> tuple[str, ...]:
        """NUCC codes, those with primary switch Y first, otherwise in the order of the row, each once."""
        return _ordered(self.codes(row), self.switches(row))


# Most rows have one code, and all of a profession the same.
@lru_cache(maxsize=1 << 14)
def _ordered(codes: tuple[str, ...], switches: tuple[str, ...]) -> tuple[str, ...]:
    pairs = zip(codes, switches, strict=True)
    ordered = sorted((switch.strip().upper() != "Y", place, code.strip().upper())
                     for place, (code, switch) in enumerate(pairs) if code.strip())  # fmt: skip
    return tuple(dict.fromkeys(code for _, _, code in ordered))


def layout(header: Sequence[str], file: str) -> Layout:
    """The layout of a header row. Raises InvalidInput naming every needed column that is missing or there twice."""
    names = [_normal(name) for name in header]
    doubled = sorted(name for name, count in Counter(names).items() if count > 1 and name in _NEEDED)
    if doubled:
        raise InvalidInput(f"{file} has a needed column more than once: {', '.join(doubled)}.", field="file")
    place = {name: position for position, name in enumerate(names)}
    found = {key: _place(place, options) for key, options in _COLUMNS.items()}
    codes, switches = (
        [place.get(_normal(pattern.format(number))) for number in range(1, TAXONOMIES + 1)]
        for pattern in (_CODE, _SWITCH)
    )
    _refuse_missing(file, found, codes, switches)
    index = {key: position for key, position in found.items() if position is not None}
    return Layout(
        width=len(header),
        upto=1 + max(*index.values(), *filter(None, codes), *filter(None, switches)),
        index=index,
        cells=itemgetter(*index.values()),
        codes=itemgetter(*(position for position in codes if position is not None)),
        switches=itemgetter(*(position for position in switches if position is not None)),
        code_columns=tuple(position for position in codes if position is not None),
    )


def _normal(name: str) -> str:
    return " ".join(name.lower().split())


_NEEDED = {_normal(option) for options in _COLUMNS.values() for option in options} | {
    _normal(pattern.format(number)) for pattern in (_CODE, _SWITCH) for number in range(1, TAXONOMIES + 1)
}


def _place(place: dict[str, int], options: tuple[str, ...]) -> int | None:
    return next((place[_normal(option)] for option in options if _normal(option) in place), None)


def _refuse_missing(
    file: str, found: dict[str, int | None], codes: list[int | None], switches: list[int | None]
) -> None:
    missing = [" or ".join(_COLUMNS[key]) for key, position in found.items() if position is None]
    for pattern, positions in ((_CODE, codes), (_SWITCH, switches)):
        missing += [pattern.format(number) for number, position in enumerate(positions, 1) if position is None]
    if missing:
        listed = "; ".join(missing[:8]) + (f"; and {len(missing) - 8} more" if len(missing) > 8 else "")
        raise InvalidInput(
            f"{file} is no registry table (npidata_pfile), or its columns were renamed. Missing: {listed}.",
            field="file",
        )
