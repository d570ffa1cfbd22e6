"""Registry files of any size in the official layout (330 quoted columns), of invented people and organizations.

What is drawn from comes from `registry.json`: proportions counted once over a real week, with nobody in them. Places
are drawn by population, names are made of syllables, NPIs begin with 2 (never issued), phone numbers with 555.
A block of rows depends on the seed and its own number alone, so that the week after can bring back any of them.

    python -m benchmarks.registry full --rows 9000000 --into FOLDER
    python -m benchmarks.registry week --rows 9000000 --changes 50000 --into FOLDER
    python -m benchmarks.registry count WEEK.csv.gz PL.csv.gz OTHERNAME.csv.gz ENDPOINT.csv.gz
"""

import argparse
import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import orjson

from directory.geocoding.packaged import city_rows, zip_rows
from directory.vocabulary import load as load_vocabulary

MODEL = Path(__file__).with_name("registry.json")
FULL_NAME, WEEK_NAME = "npidata_pfile_20050523-20260308.csv", "npidata_pfile_20260309-20260315.csv"
BLOCK = 5_000
"""Rows made together."""
FEWEST = 10
"""What fewer rows of the week share is not told apart: it might describe somebody."""
COMMON_CODES = 60
"""Codes outside the directory's vocabulary that are kept."""
SERIALS = 10**8
_STRIDE = 48_271_391
"""Prime to 10^8: numbers come in no order, each once, as a registry's do."""
_WEEK = {"new": 0.40, "changed": 0.35, "moved": 0.17, "deactivated": 0.05, "reactivated": 0.03}
_AREAS = (201, 205, 206, 212, 213, 215, 216, 303, 305, 309, 312, 313, 314, 317, 401, 404, 405, 407, 410, 412, 414, 415,
          501, 502, 503, 504, 505, 512, 513, 515, 601, 602, 603, 605, 614, 615, 617, 619, 701, 702, 703, 704, 713, 716,
          718, 801, 802, 803, 804, 808, 813, 816, 901, 907, 913, 916, 918, 919, 949, 973)  # fmt: skip
_STREETS = ("ST", "AVE", "RD", "BLVD", "DR", "LN", "WAY", "PKWY", "HWY", "CT")
_CARE = ("SPINE", "FAMILY", "PHYSICAL THERAPY", "HEALTH", "REHABILITATION", "MEDICAL", "WELLNESS", "CARE", "DENTAL")
_ENDINGS = ("CENTER, LLC", "GROUP, PC", "CLINIC INC", "ASSOCIATES PLLC", "SERVICES, LLC", "PARTNERS")
_CREDENTIALS = ("M.D.", "D.C.", "DPT", "PT", "D.O.", "MD", "NP", "LCSW", "PA-C", "RN", "PHD", "OTR/L", "L.AC.", "DDS")
_TITLES, _GENERATIONS = ("DR.", "MRS.", "MR.", "MS."), ("JR.", "III", "SR.", "II")
Texts: TypeAlias = npt.NDArray[np.object_]
Numbers: TypeAlias = npt.NDArray[np.int64]
Columns: TypeAlias = dict[str, Texts]


class Kind(IntEnum):
    """What a row is about; a deactivated number has lost everything but its date."""

    INDIVIDUAL, ORGANIZATION, DEACTIVATED = 0, 1, 2


def header() -> list[str]:
    """The 330 columns."""
    return [name for name, _ in _model()["columns"]]


def npis(serials: Numbers) -> list[str]:
    """NPIs of the 2-range, with their check digits. Each serial number below 10^8 has its own."""
    spread = serials * _STRIDE % SERIALS
    places = spread[:, None] // 10 ** np.arange(8) % 10
    doubled = np.where(np.arange(8) % 2 == 0, 2 * places, places)
    # 24 for the issuer's 80840, and 4 for the leading 2, which is doubled.
    total = 28 + (doubled // 10 + doubled % 10).sum(axis=1)
    return [f"2{number:08}{check}" for number, check in zip(spread.tolist(), (-total % 10).tolist(), strict=True)]


def _model() -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(MODEL.read_bytes())
    return found


@dataclass(frozen=True)
class Registry:
    """A registry of `rows` numbers; the same for the same seed."""

    rows: int
    seed: int = 1

    @cached_property
    def _drawn(self) -> "_Material":
        return _Material(_model(), self.seed, self.rows)

    def full(self) -> Iterator[list[Sequence[str]]]:
        """Every row of the monthly file, a block at a time."""
        for block in range(-(-self.rows // BLOCK)):
            yield self._drawn.rows(self._block(block))

    def week(self, changes: int) -> Iterator[list[Sequence[str]]]:
        """The week after: numbers that are new, changed, moved away, deactivated, and back in use.

        Raises ValueError for more changes than half the rows.
        """
        if 2 * changes > self.rows:
            raise ValueError(f"{changes:,} changes are too many for {self.rows:,} rows: give half at most.")
        new = round(changes * _WEEK["new"])
        for first in range(0, new, BLOCK):
            serials = np.arange(self.rows + first, self.rows + min(first + BLOCK, new))
            yield self._drawn.rows(self._drawn.columns(serials, np.random.default_rng([self.seed, 1, first])))
        yield from self._of_held(changes - new)

    def _block(self, block: int) -> Columns:
        serials = np.arange(block * BLOCK, min((block + 1) * BLOCK, self.rows))
        return self._drawn.columns(serials, np.random.default_rng([self.seed, 0, block]))

    def _of_held(self, changes: int) -> Iterator[list[Sequence[str]]]:
        """Held numbers, from as few blocks as hold them, spread over the whole file."""
        blocks = max(1, self.rows // BLOCK)
        wanted = np.unique(np.linspace(0, blocks - 1, min(blocks, -(-2 * changes // BLOCK))).astype(int))
        for place, block in enumerate(wanted):
            random = np.random.default_rng([self.seed, 2, int(block)])
            share = changes // len(wanted) + (place < changes % len(wanted))
            yield self._drawn.rows(self._drawn.changed(self._block(int(block)), share, random))

    def other_tables(self, serials: Numbers) -> Iterator[tuple[str, list[str], Iterator[Sequence[str]]]]:
        """Name, header and rows of the three reference tables for these numbers."""
        for name, table in _model()["tables"].items():
            yield name, table["header"], self._drawn.other(name, table, serials)


class _Material:
    """What rows are made of."""

    def __init__(self, model: dict[str, Any], seed: int, rows: int) -> None:
        random = np.random.default_rng([seed, 9])
        self._model = model
        self._seed, self._addresses = seed, max(1, round(rows * model["addresses_per_row"]))
        self._columns: list[tuple[str, dict[str, tuple[float, int]]]] = model["columns"]
        self._families = _invented(random, 20_000, (2, 3))
        self._givens = _invented(random, 3_000, (2, 3))
        self._clinics = _array(f"{name} {care} {ending}" for name, care, ending in
                               zip(self._families, random.choice(_CARE, 20_000), random.choice(_ENDINGS, 20_000),
                                   strict=True))  # fmt: skip
        self._roads = _array(f"{name} {kind}" for name, kind in
                             zip(self._families, random.choice(_STREETS, 20_000), strict=True))  # fmt: skip
        self._fillers = {length: _fillers(random, length) for length in range(1, 41)}
        self._zips, self._weights = _places()

    def rows(self, columns: Columns) -> list[Sequence[str]]:
        """Rows in the order of the header."""
        return list(zip(*(columns[name] for name, _ in self._columns), strict=True))

    def columns(self, serials: Numbers, random: np.random.Generator) -> Columns:
        """Every column of so many rows."""
        count = len(serials)
        kinds = random.choice(3, count, p=self._model["kinds"])
        here = {name: self._filler(name, fill, kinds, random) for name, fill in self._columns}
        here["NPI"] = _array(npis(serials))
        here["Entity Type Code"] = _array(("1", "2", ""))[kinds]
        self._put_names(here, random, count)
        self._put_address(here, "Mailing", random.integers(0, self._addresses, count))
        self._put_address(here, "Practice Location", random.integers(0, self._addresses, count))
        self._put_taxonomies(here, kinds, random)
        self._put_dates(here, random)
        for name in (name for name, _ in self._columns if "Telephone" in name or "Fax" in name):
            here[name] = np.where(here[name] != "", _phones(random, count), "")
        _blank(here, kinds == Kind.DEACTIVATED)
        return here

    def _filler(
        self, name: str, fill: dict[str, tuple[float, int]], kinds: Numbers, random: np.random.Generator
    ) -> Texts:
        """A text of the usual length, in as many rows of each kind as the week has it."""
        if not fill:
            return _array(("",)).repeat(len(kinds))
        rates = np.array([fill.get(str(int(kind)), (0.0, 1))[0] for kind in Kind])
        length = max(length for _, length in fill.values())
        texts = self._fillers[min(max(length, 1), 40)][random.integers(0, 512, len(kinds))]
        filled: Texts = np.where(random.random(len(kinds)) < rates[kinds], texts, "")
        return filled

    def _put_names(self, here: Columns, random: np.random.Generator, count: int) -> None:
        def common(pool: Texts) -> Texts:
            """Common names are much commoner than others."""
            drawn: Texts = pool[(len(pool) * random.random(count) ** 3).astype(int)]
            return drawn

        pools = {"Last Name": self._families, "First Name": self._givens, "Middle Name": self._givens,
                 "Organization Name": self._clinics, "LBN": self._clinics, "Prefix": _array(_TITLES),
                 "Suffix": _array(_GENERATIONS), "Credential Text": _array(_CREDENTIALS)}  # fmt: skip
        for name, _ in self._columns:
            pool = next((pool for part, pool in pools.items() if part in name and "Type Code" not in name), None)
            if pool is not None:
                here[name] = np.where(here[name] != "", common(pool), "")

    def address(self, keys: Numbers) -> tuple[list[str], Texts, Texts, Texts]:
        """Line, city, state and ZIP+4 of addresses by number: the same number is the same address."""
        first, second = _hashed(keys, self._seed), _hashed(keys, self._seed + 1)
        at = np.minimum(np.searchsorted(self._weights, first / 2**53), len(self._weights) - 1)
        roads = self._roads[second % len(self._roads)]
        lines = [f"{number % 9_899 + 100} {road}{_SUITES[number % len(_SUITES)]}"
                 for number, road in zip((first >> 7).tolist(), roads, strict=True)]  # fmt: skip
        codes, cities, states = (_array(column)[at] for column in self._zips)
        plus = [f"{code}{number % 9_000 + 1_000}" for code, number in zip(codes, second.tolist(), strict=True)]
        return lines, cities, states, _array(plus)

    def _put_address(self, here: Columns, kind: str, keys: Numbers) -> None:
        lines, cities, states, codes = self.address(keys)
        here[f"Provider First Line Business {kind} Address"] = _array(lines)
        here[f"Provider Business {kind} Address City Name"] = cities
        here[f"Provider Business {kind} Address State Name"] = states
        here[f"Provider Business {kind} Address Postal Code"] = codes
        here[f"Provider Business {kind} Address Country Code (If outside U.S.)"] = _array(("US",)).repeat(len(keys))

    def _put_taxonomies(self, here: Columns, kinds: Numbers, random: np.random.Generator) -> None:
        sets = _array([()]).repeat(len(kinds))
        for kind in (Kind.INDIVIDUAL, Kind.ORGANIZATION):
            codes, weights = self._sets[kind]
            of_kind = kinds == kind
            sets[of_kind] = codes[random.choice(len(codes), int(of_kind.sum()), p=weights)]
        for place in range(1, 16):
            code = _array(found[place - 1] if place <= len(found) else "" for found in sets)
            held = code != ""
            here[f"Healthcare Provider Taxonomy Code_{place}"] = code
            switch = "Y" if place == 1 else "N"
            here[f"Healthcare Provider Primary Taxonomy Switch_{place}"] = np.where(held, switch, "")
            for other in (f"Provider License Number_{place}", f"Provider License Number State Code_{place}"):
                here[other] = np.where(held, here[other], "")

    @cached_property
    def _sets(self) -> dict[Kind, tuple[Texts, npt.NDArray[np.float64]]]:
        found = {}
        for kind in (Kind.INDIVIDUAL, Kind.ORGANIZATION):
            counted = self._model["taxonomies"][str(int(kind))]
            weights = np.array([count for _, count in counted], dtype=float)
            found[kind] = (_array(tuple(codes) for codes, _ in counted), weights / weights.sum())
        return found

    def _put_dates(self, here: Columns, random: np.random.Generator) -> None:
        count = len(here["NPI"])
        for name in ("Provider Enumeration Date", "Last Update Date", "Certification Date"):
            here[name] = np.where(here[name] != "", _days(random, count), "")
        here["NPI Deactivation Date"] = np.where(here["Entity Type Code"] == "", _days(random, count), "")
        here["NPI Reactivation Date"] = _array(("",)).repeat(count)
        here["Provider Sex Code"] = np.where(here["Provider Sex Code"] != "", random.choice(["F", "M", "X"], count,
                                             p=[0.6, 0.398, 0.002]).astype(object), "")  # fmt: skip

    def changed(self, held: Columns, wanted: int, random: np.random.Generator) -> Columns:
        """So many rows of a block as they stand a week later, in the proportions of `_WEEK`."""
        active = np.flatnonzero(held["Entity Type Code"] != "")
        gone = np.flatnonzero(held["Entity Type Code"] == "")
        back = gone[: round(wanted * _WEEK["reactivated"] / (1 - _WEEK["new"]))]
        picked = np.sort(np.concatenate([random.choice(active, wanted - len(back), replace=False), back]))
        again = self.columns(np.arange(len(held["NPI"])), random)
        here = {name: column[picked].copy() for name, column in held.items()}
        fates = random.choice(3, len(picked), p=_shares("changed", "moved", "deactivated"))
        returned = np.isin(picked, back)
        fates[returned] = -1
        self._put_moved(here, fates == 1, random)
        phone = "Provider Business Practice Location Address Telephone Number"
        here[phone] = np.where(fates == 0, _phones(random, len(picked)), here[phone])
        self._return(here, again, returned, random)
        _blank(here, fates == 2)
        here["NPI Deactivation Date"] = np.where(fates == 2, "03/12/2026", here["NPI Deactivation Date"])
        return here

    def _put_moved(self, here: Columns, moved: npt.NDArray[np.bool_], random: np.random.Generator) -> None:
        there = {name: column.copy() for name, column in here.items()}
        self._put_address(there, "Practice Location", random.integers(0, self._addresses, len(moved)))
        for name in (name for name in here if "Practice Location Address" in name):
            here[name] = np.where(moved, there[name], here[name])

    def _return(self, here: Columns, again: Columns, back: npt.NDArray[np.bool_], random: np.random.Generator) -> None:
        """Deactivated numbers with a row of their own again, and both dates."""
        donors = np.flatnonzero(again["Entity Type Code"] != "")
        drawn = random.choice(donors, int(back.sum()))
        keep = {"NPI", "NPI Deactivation Date", "NPI Reactivation Date"}
        for name in here.keys() - keep:
            here[name][back] = again[name][drawn]
        here["NPI Reactivation Date"][back] = "03/13/2026"

    def other(self, name: str, table: dict[str, Any], serials: Numbers) -> Iterator[Sequence[str]]:
        """Rows of a reference table: some of these numbers have one or several."""
        random = np.random.default_rng([self._seed, 3, len(name)])
        owners = serials[random.random(len(serials)) < table["share"]]
        often = random.choice(len(table["per_number"]), len(owners), p=table["per_number"]) + 1
        numbers = np.repeat(owners, often)
        for first in range(0, len(numbers), BLOCK):
            part = numbers[first : first + BLOCK]
            yield from _OTHER[name](self, npis(part), table, random)

    def secondary(
        self, npis: list[str], _table: dict[str, Any], random: np.random.Generator
    ) -> Iterator[Sequence[str]]:
        """pl_pfile: further practice locations."""
        address = self.address(random.integers(0, self._addresses, len(npis)))
        for npi, line, city, state, code, phone in zip(npis, *address, _phones(random, len(npis)), strict=True):
            yield npi, line, "", city, state, code, "US", phone, "", ""

    def other_names(
        self, npis: list[str], table: dict[str, Any], random: np.random.Generator
    ) -> Iterator[Sequence[str]]:
        """othername_pfile: further names of organizations."""
        kinds, weights = zip(*table["types"].items(), strict=True)
        drawn = random.choice(kinds, len(npis), p=weights)
        yield from zip(npis, random.choice(self._clinics, len(npis)), drawn.tolist(), strict=True)

    def endpoints(self, npis: list[str], table: dict[str, Any], random: np.random.Generator) -> Iterator[Sequence[str]]:
        """endpoint_pfile: electronic addresses, most of them mail boxes of the Direct network."""
        kinds, weights = zip(*table["types"].items(), strict=True)
        for npi, kind, host in zip(npis, random.choice(kinds, len(npis), p=weights).tolist(),
                                   random.choice(self._families, len(npis)), strict=True):  # fmt: skip
            where = f"https://fhir.{host.lower()}.example/r4" if kind == "FHIR" else f"office@{host.lower()}.example"
            yield (npi, kind, kind, where, "N", *("",) * 14)


_OTHER: dict[str, Callable[[_Material, list[str], dict[str, Any], np.random.Generator], Iterator[Sequence[str]]]] = {
    "pl_pfile": _Material.secondary,
    "othername_pfile": _Material.other_names,
    "endpoint_pfile": _Material.endpoints,
}
_SUITES = ("", "", "", " STE A", " STE 100", " STE 210", " UNIT 4", " FL 2")


def _array(values: Iterable[Any]) -> Texts:
    return np.fromiter(values, dtype=object)


def _hashed(keys: Numbers, seed: int) -> Numbers:
    """53 evenly spread bits of each key (the finalizer of splitmix64)."""
    mixed = keys.astype(np.uint64) + np.uint64(seed * 0x9E3779B97F4A7C15 % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)).astype(np.int64)


def _invented(random: np.random.Generator, count: int, syllables: tuple[int, int]) -> Texts:
    parts = np.array([a + b for a in "BDFGHKLMNPRSTVZ" for b in ("A", "E", "I", "O", "U", "AN", "ER", "IN", "OL")])
    picked, lengths = random.choice(parts, (count, syllables[1])), random.integers(*syllables, count, endpoint=True)
    return _array("".join(row[:length]) for row, length in zip(picked.tolist(), lengths.tolist(), strict=True))


def _fillers(random: np.random.Generator, length: int) -> Texts:
    letters = np.array(list("ABCDEFGHKLMNPRSTUVWXYZ0123456789"))
    return _array("".join(row) for row in random.choice(letters, (512, length)).tolist())


def _phones(random: np.random.Generator, count: int) -> Texts:
    areas, lines = random.choice(_AREAS, count), random.integers(0, 10_000, count)
    return _array(f"{area}555{line:04}" for area, line in zip(areas.tolist(), lines.tolist(), strict=True))


def _days(random: np.random.Generator, count: int) -> Texts:
    year, month, day = random.integers(2006, 2026, count), random.integers(1, 13, count), random.integers(1, 29, count)
    return _array(f"{m:02}/{d:02}/{y}" for y, m, d in zip(year.tolist(), month.tolist(), day.tolist(), strict=True))


def _blank(here: Columns, gone: npt.NDArray[np.bool_]) -> None:
    """A deactivated number keeps itself and its date."""
    for name in here.keys() - {"NPI", "NPI Deactivation Date"}:
        here[name] = np.where(gone, "", here[name])


def _shares(*names: str) -> npt.NDArray[np.float64]:
    found = np.array([_WEEK[name] for name in names])
    return np.asarray(found / found.sum())


def _places() -> tuple[tuple[list[str], list[str], list[str]], npt.NDArray[np.float64]]:
    """ZIP codes with street delivery, as columns, and their cumulated share of the population: a town's evenly over
    its codes, and a little for codes of no town."""
    people = {(town.name.upper(), town.state): town.population for town in city_rows()}
    rows = [row for row in zip_rows() if row.delivers]
    codes = Counter((row.city.upper(), row.state) for row in rows)
    where = [(row.city.upper(), row.state) for row in rows]
    weights = np.cumsum([people.get(town, 1_000) / codes[town] for town in where])
    columns = [row.code for row in rows], [city for city, _ in where], [state for _, state in where]
    return columns, weights / weights[-1]


def write(path: Path, names: Sequence[str], blocks: Iterable[Iterable[Sequence[str]]]) -> int:
    """Writes a table with every cell quoted, as the registry does; the number of rows."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write('"' + '","'.join(names) + '"\n')
        for row in chain.from_iterable(blocks):
            file.write('"' + '","'.join(row) + '"\n')
            count += 1
    return count


def count(week: Path, others: Sequence[Path]) -> dict[str, Any]:
    """The proportions of a real week: what `registry.json` holds. Only codes that many rows share are kept."""
    rows = list(_read(week))
    names, body = rows[0], rows[1:]
    kinds = [{"1": 0, "2": 1}.get(row[1], 2) for row in body]
    counted = Counter(kinds)
    practice = [names.index(f"Provider {part}") for part in (
        "First Line Business Practice Location Address", "Business Practice Location Address Postal Code")]  # fmt: skip
    addresses = {tuple(row[place] for place in practice) for row in body}
    return {
        "about": f"Proportions of {len(body):,} rows of {week.name}; NUCC Health Care Provider Taxonomy codes.",
        "kinds": [counted[kind] / len(body) for kind in Kind],
        "addresses_per_row": round(len(addresses) / len(body), 3),
        "columns": [(name, _fill(place, body, kinds, counted)) for place, name in enumerate(names)],
        "taxonomies": {str(int(kind)): _taxonomies(names, body, kinds, kind) for kind in list(Kind)[:2]},
        "tables": dict(_table(path, len(body)) for path in others),
    }


def _read(path: Path) -> Iterator[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.reader(file)


def _fill(place: int, body: Sequence[list[str]], kinds: Sequence[int], counted: Counter[int]) -> dict[str, Any]:
    """How often a column is filled in each kind of row, and with how many letters on the average."""
    lengths: dict[int, list[int]] = defaultdict(list)
    for row, kind in zip(body, kinds, strict=True):
        if row[place]:
            lengths[kind].append(len(row[place]))
    return {
        str(kind): (round(len(found) / counted[kind], 4), round(sum(found) / len(found)))
        for kind, found in sorted(lengths.items())
        if len(found) >= FEWEST
    }


def _taxonomies(
    names: Sequence[str], body: Sequence[list[str]], kinds: Sequence[int], kind: Kind
) -> list[tuple[list[str], int]]:
    """Sets of codes and how many rows have them, in thousandths. Rare sets, and those with a rare code, are left out:
    common ones stand for them."""
    places = [place for place, name in enumerate(names) if name.startswith("Healthcare Provider Taxonomy Code_")]
    ours = frozenset(load_vocabulary().taxonomies)
    sets = Counter(
        tuple(row[place] for place in places if row[place])
        for row, of in zip(body, kinds, strict=True) if of == kind
    )  # fmt: skip
    codes = Counter(code for found, count in sets.items() for code in found for _ in range(count) if code not in ours)
    kept = ours.union(code for code, _ in codes.most_common(COMMON_CODES))
    common = {found: count for found, count in sets.items() if count >= FEWEST and kept.issuperset(found)}
    return [(list(found), count) for found, count in sorted(_scaled(common, sets, ours).items())]


def _scaled(
    common: Mapping[tuple[str, ...], int], sets: Mapping[tuple[str, ...], int], ours: frozenset[str]
) -> dict[tuple[str, ...], int]:
    """Thousandths of rows for each common set, so that sets with a code of the vocabulary stand for as many rows as
    all such sets did, and the others likewise."""

    def total(of: Mapping[tuple[str, ...], int], *, known: bool) -> int:
        return sum(count for found, count in of.items() if ours.isdisjoint(found) is not known)

    scale = {known: total(sets, known=known) / total(common, known=known) for known in (True, False)}
    return {found: round(1_000 * count * scale[not ours.isdisjoint(found)]) for found, count in common.items()}


def _table(path: Path, rows: int) -> tuple[str, dict[str, Any]]:
    """A reference table: how many numbers have rows in it, how many each, and of which types."""
    names, *body = _read(path)
    per_number = Counter(Counter(row[0] for row in body).values())
    often = [per_number[times] for times in range(1, 10)]
    name = path.name.partition("_2")[0]
    place = {"othername_pfile": 2, "endpoint_pfile": 1}.get(name)
    types = Counter(row[place] for row in body) if place is not None else Counter[str]()
    return name, {
        "header": names,
        "share": round(sum(per_number.values()) / rows, 4),
        "per_number": [times / sum(often) for times in often],
        "types": {kind: found / types.total() for kind, found in types.most_common()},
    }


def _counted(chosen: argparse.Namespace) -> None:
    found = count(chosen.week, chosen.others)
    MODEL.write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2) + b"\n")
    print(f"{MODEL.name}: {found['about']}")


def _full(chosen: argparse.Namespace) -> None:
    made = Registry(chosen.rows, chosen.seed)
    chosen.into.mkdir(parents=True, exist_ok=True)
    print(f"{FULL_NAME}: {write(chosen.into / FULL_NAME, header(), made.full()):,} rows")
    for name, columns, rows in made.other_tables(np.arange(chosen.rows)):
        path = chosen.into / f"{name}_20050523-20260308.csv"
        print(f"{path.name}: {write(path, columns, [rows]):,} rows")


def _week(chosen: argparse.Namespace) -> None:
    chosen.into.mkdir(parents=True, exist_ok=True)
    week = Registry(chosen.rows, chosen.seed).week(chosen.changes)
    print(f"{WEEK_NAME}: {write(chosen.into / WEEK_NAME, header(), week):,} rows")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(required=True)
    full, week, counts = (verbs.add_parser(name) for name in ("full", "week", "count"))
    for verb in (full, week):
        verb.add_argument("--rows", type=int, default=9_000_000)
        verb.add_argument("--seed", type=int, default=1)
        verb.add_argument("--into", type=Path, required=True)
    week.add_argument("--changes", type=int, default=50_000)
    counts.add_argument("week", type=Path)
    counts.add_argument("others", type=Path, nargs="*")
    for verb, act in ((full, _full), (week, _week), (counts, _counted)):
        verb.set_defaults(act=act)
    chosen = parser.parse_args()
    chosen.act(chosen)


if __name__ == "__main__":
    main()
