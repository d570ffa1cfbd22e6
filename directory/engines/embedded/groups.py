"""Groups: up to some hundred documents that stand near one another and have the same specialties.

Documents of one cell stand together by specialty, within one specialty along a curve that keeps neighbours near. Each
group is a piece of that, with a ball that holds it. A circle then takes most groups whole and measures only those that
its rim cuts through; what a field counts in a large group is summed beforehand (`FieldBuilder`), so that a circle with
a specialty costs what is at its rim, and a row of small numbers for each group inside of it.

Distances here are chords through the earth: straight, so that a ball around any point in space bounds all of a group.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from directory.engines.embedded.arrays import Array, Bools, Floats, Ints, Spans, expand, joined
from directory.engines.embedded.container import Container, ContainerWriter
from directory.engines.embedded.geometry import Cells, Origin, chord_of, half_of
from directory.search.listing import Field

GROUPED = Field.SPECIALTY
"""The field by whose rows documents of a cell stand together: what people filter by within a circle."""
MOST = 128
"""Documents of a group. What is counted in one fits a byte."""
SUMMED_FROM = 32
"""Groups of fewer documents are counted one by one."""
CHORD_SLACK = 1e-12
"""Far more than chords can be off by, far less than a millimetre."""
_AT_ONCE = 1 << 18


@dataclass(frozen=True, slots=True)
class Pieces:
    """How documents with a position are cut: group number i is [starts[i], starts[i + 1])."""

    starts: Ints

    @classmethod
    def of(cls, cell: Ints, rows: Array) -> "Pieces":
        """Runs of one cell and one row, long ones in pieces of like size."""
        fresh = np.ones(len(cell), np.bool_)
        fresh[1:] = (cell[1:] != cell[:-1]) | (rows[1:] != rows[:-1])
        runs = np.flatnonzero(fresh)
        lengths = np.diff(np.append(runs, len(cell)))
        pieces = -(-lengths // MOST)
        number = np.arange(int(pieces.sum())) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        starts = np.repeat(runs, pieces) + number * np.repeat(lengths, pieces) // np.repeat(pieces, pieces)
        return cls(np.append(starts, len(cell)))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def summed(self) -> Ints:
        """The groups whose documents are counted beforehand."""
        return np.flatnonzero(np.diff(self.starts) >= SUMMED_FROM)


def write_groups(
    writer: ContainerWriter, pieces: Pieces, cell_starts: Ints, rows: Array, axes: Sequence[Floats]
) -> None:
    """Stores the groups of documents whose rows and unit vectors these are, in final order."""
    starts, summed = pieces.starts, pieces.summed()
    place = np.full(len(pieces), -1, np.int32)
    place[summed] = np.arange(len(summed))
    writer.put("group.starts", starts)
    writer.put("group.rows", rows[starts[:-1]])
    writer.put("group.summed", place)
    writer.put("group.balls", _balls(starts, axes).reshape(-1))
    writer.put("cell.groups", np.searchsorted(starts, cell_starts))


def _balls(starts: Ints, axes: Sequence[Floats]) -> Floats:
    """Middle (x, y, z) and reach of each group; some groups at once, since columns are long."""
    balls = np.empty((len(starts) - 1, 4))
    first = 0
    while first < len(balls):
        last = max(first + 1, int(np.searchsorted(starts, starts[first] + _AT_ONCE, "right")) - 1)
        _fill(balls[first:last], starts[first : last + 1], axes)
        first = last
    return balls


def _fill(balls: Floats, starts: Ints, axes: Sequence[Floats]) -> None:
    sizes, own = np.diff(starts), starts[:-1] - starts[0]
    squares = np.zeros(int(starts[-1] - starts[0]))
    for at, axis in enumerate(axes):
        values = axis[starts[0] : starts[-1]]
        middles = np.add.reduceat(values, own) / sizes
        squares += np.square(values - np.repeat(middles, sizes))
        balls[:, at] = middles
    balls[:, 3] = np.sqrt(np.maximum.reduceat(squares, own)) + CHORD_SLACK


@dataclass(frozen=True, slots=True)
class Touched:
    """Groups that a circle may hold documents of, ascending: those that lie in it whole, and those that it may cut."""

    whole: Ints
    nearest: Floats
    """Chords that no document of each whole group falls below."""
    farthest: Floats
    """Chords that none of its documents exceeds."""
    cut: Ints


class Groups:
    """The groups of a mapped segment, whose filled cells have these numbers."""

    def __init__(self, container: Container) -> None:
        self.starts = container.array("group.starts")
        self.rows = container.array("group.rows")
        self.summed = container.array("group.summed")
        """Per group its place among those that are counted beforehand, or -1."""
        self._cells = container.array("cell.numbers")
        self._of_cells = container.array("cell.groups")
        self._balls = container.array("group.balls").reshape(-1, 4)

    def __len__(self) -> int:
        return len(self.rows)

    def sizes(self, groups: Ints) -> Ints:
        found: Ints = self.starts[groups + 1] - self.starts[groups]
        return found

    def docs(self, groups: Ints) -> Ints:
        """All documents of the groups, one group after the other."""
        return expand(self.starts[groups], self.starts[groups + 1])

    def number(self, docs: Ints) -> Ints:
        """Which group each document with a position is in."""
        found: Ints = np.searchsorted(self.starts, docs, "right") - 1
        return found

    def spans(self, groups: Ints) -> Spans:
        """Where the documents of the groups stand."""
        return joined(self.starts[groups], self.starts[groups + 1])

    def touched(self, origin: Origin, radius_m: float, rows: Bools | None) -> Touched:
        """Groups of a circle, of the flagged rows only where there are flags."""
        groups = self._within(origin.around(radius_m))
        if rows is not None:
            groups = groups.compress(rows[self.rows[groups]])
        balls = self._balls[groups]
        away, reach, limit = origin.chords(balls), balls[:, 3], chord_of(half_of(radius_m))
        nearest, farthest = away - reach, away + reach
        whole = farthest <= limit - CHORD_SLACK
        cut = (nearest <= limit + CHORD_SLACK) & ~whole
        return Touched(groups.compress(whole), nearest.compress(whole), farthest.compress(whole), groups.compress(cut))

    def documents(self, origin: Origin, radius_m: float) -> tuple[Ints, Bools]:
        """Documents that may be in a circle, ascending, and whether each certainly is."""
        touched = self.touched(origin, radius_m, None)
        groups = np.concatenate([touched.whole, touched.cut])
        sure = np.arange(len(groups)) < len(touched.whole)
        order = np.argsort(groups)
        groups = groups[order]
        return self.docs(groups), np.repeat(sure[order], self.sizes(groups))

    def _within(self, cells: Cells) -> Ints:
        first = self._of_cells[np.searchsorted(self._cells, cells.first, "left")]
        last = self._of_cells[np.searchsorted(self._cells, cells.last, "right")]
        return expand(first, last)
