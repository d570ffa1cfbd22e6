"""The ratios that a change may not make worse, compared with what was just measured.

`floors.toml` holds them with a tolerance, because machines differ and are busy. A floor is met, worse, or not measured.
`python -m benchmarks.floors` compares what is there; `--take` writes the floors anew from it, to be looked at before it
is committed.
"""

import argparse
import math
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

import orjson

from benchmarks.merge import Entry, newest, read
from benchmarks.report import HIGHER, LOWER, RESULTS, Row, amount

FLOORS = Path(__file__).parent / "floors.toml"
TOLERANCE = 0.3
_HEAD = """\
# Ratios (ours / the peer's, medians over the rounds of a run of `make bench`) that a change may not make worse than by
# the tolerance, a share of the ratio; a row whose rounds differed by more has its own. Where `better` is "higher", a
# ratio may not fall below, else not rise above. `python -m benchmarks.floors --take` writes this file from the results
# that are there: look at the difference, and commit it with the change that explains it.
"""


class Standing(StrEnum):
    OK = "ok"
    BETTER = "ok, and better by more than the tolerance: take it over"
    WORSE = "WORSE THAN ITS FLOOR"
    ABSENT = "not measured"


@dataclass(frozen=True, slots=True)
class Floor:
    """The ratio of one row, and by which share of it a run may be worse."""

    benchmark: str
    name: str
    size: int
    peer: str
    ratio: float
    better: str
    tolerance: float

    @property
    def key(self) -> tuple[str, str, int, str]:
        return self.benchmark, self.name, self.size, self.peer

    @property
    def limit(self) -> float:
        return self.ratio * (1 - self.tolerance if self.better == HIGHER else 1 + self.tolerance)

    @property
    def sign(self) -> str:
        """How a ratio must lie to the limit."""
        return "≥" if self.better == HIGHER else "≤"

    def standing(self, measured: float) -> Standing:
        gain = self.ratio / measured if self.better != HIGHER else measured / self.ratio
        if gain > 1 + self.tolerance:
            return Standing.BETTER
        within = measured >= self.limit if self.better == HIGHER else measured <= self.limit
        return Standing.OK if within else Standing.WORSE


@dataclass(frozen=True, slots=True)
class Compared:
    """A floor and what was measured; `measured` is None where this run did not measure it."""

    floor: Floor
    measured: float | None

    @property
    def standing(self) -> Standing:
        return Standing.ABSENT if self.measured is None else self.floor.standing(self.measured)

    def line(self) -> str:
        floor = self.floor
        found = "-" if self.measured is None else amount(self.measured)
        return (
            f"{floor.benchmark}: {floor.name} at {floor.size:,} against {floor.peer}: {found} "
            f"(floor {amount(floor.ratio)}, allowed {floor.sign} {amount(floor.limit)}) {self.standing}"
        )


def load(path: Path = FLOORS) -> list[Floor]:
    """The committed floors. Raises ValueError with the entry that lacks something."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return [_floor(entry, float(data["tolerance"])) for entry in data.get("floor", ())]


def _floor(entry: Mapping[str, object], tolerance: float) -> Floor:
    try:
        return Floor(**{"tolerance": tolerance, "better": LOWER, **entry})  # type: ignore[arg-type]
    except TypeError as error:
        raise ValueError(f"floors.toml: {dict(entry)}: {error}") from None


def compare(floors: Iterable[Floor], entries: Iterable[Entry], since: str = "") -> list[Compared]:
    """Each floor with its row, if that was measured at `since` (ISO 8601) or later."""
    found = {entry.key: entry.row.ratio_p50 for entry in entries if entry.source.measured_at >= since}
    return [Compared(floor, found.get(floor.key)) for floor in floors]


def worse(compared: Iterable[Compared]) -> list[Compared]:
    return [item for item in compared if item.standing is Standing.WORSE]


def taken(entries: Iterable[Entry], tolerance: float = TOLERANCE) -> str:
    """A file of floors from the rows that are there."""
    floors = [_from(entry, tolerance) for entry in entries]
    return "\n".join([f"{_HEAD}\ntolerance = {tolerance}", *(_entry(floor, tolerance) for floor in floors), ""])


def _from(entry: Entry, tolerance: float) -> Floor:
    row = entry.row
    return Floor(*entry.key, float(f"{row.ratio_p50:.3g}"), row.better, max(tolerance, _unsteadiness(row)))


def _unsteadiness(row: Row) -> float:
    """By which share of the ratio its worst round was worse, in steps of a twentieth: a run may hit such a round."""
    worst = row.ratio_p50_least if row.better == HIGHER else row.ratio_p50_most
    return math.ceil(20 * abs(worst / row.ratio_p50 - 1)) / 20


def _entry(floor: Floor, tolerance: float) -> str:
    implied = {"better": LOWER, "tolerance": tolerance}
    fields = {name: value for name, value in asdict(floor).items() if value != implied.get(name)}
    # A JSON string or number is one in TOML as well.
    return "\n".join(["\n[[floor]]", *(f"{name} = {orjson.dumps(value).decode()}" for name, value in fields.items())])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floors", description=__doc__)
    parser.add_argument("--take", action="store_true", help="write floors.toml from the results that are there")
    parser.add_argument("--largest", type=int, default=100_000, help="takes no row above this size (default 100000)")
    chosen = parser.parse_args()
    sources, problems = read(RESULTS)
    entries = newest(sources, ())
    if chosen.take:
        small = [entry for entry in entries if entry.row.size <= chosen.largest]
        FLOORS.write_text(taken(small), encoding="utf-8")
    compared = compare(load(), entries)
    sys.stdout.write("\n".join([*problems, *(item.line() for item in compared), ""]))
    sys.exit(1 if worse(compared) or problems else 0)


if __name__ == "__main__":
    main()
