"""Outlines of the states and territories: is a point in the state that its address states?

Source: US Census Bureau cartographic boundaries (public domain) as TopoJSON from us-atlas 3.0.1, see data/SOURCES.txt.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson

from directory.domain.place import EARTH_RADIUS_M, STATES, Point

TOLERANCE_M = 5_000.0
"""A point this far outside an outline still counts as inside: outlines are simplified and gazetteer points rough."""
_METRES_PER_DEGREE = np.pi / 180 * EARTH_RADIUS_M
_CENSUS_NAMES = {"MP": "Commonwealth of the Northern Mariana Islands", "VI": "United States Virgin Islands"}
_STATE_OF_NAME = {_CENSUS_NAMES.get(code, name): code for code, name in STATES.items()}

Floats = npt.NDArray[np.float64]


class Edges(NamedTuple):
    """The edges of a state's rings: start and end of shape (n, 2) as longitude and latitude in degrees.

    `anchor`, of shape (n,), is the longitude of the first vertex of the edge's ring.
    """

    start: Floats
    end: Floats
    anchor: Floats


class Outlines:
    """Point in state by counting crossings, and the distance to the outline where the point is outside."""

    def __init__(self, edges: Mapping[str, Edges]) -> None:
        self._edges = edges

    def in_state(self, point: Point, state: str, tolerance_m: float = TOLERANCE_M) -> bool:
        """True where the point is inside the state (USPS code) or within the tolerance; False for no such state."""
        return self.metres_outside(point, state) <= tolerance_m

    def metres_outside(self, point: Point, state: str) -> float:
        """Metres from the point to the state's outline: 0 inside, infinity for no such state.

        Exact enough near the outline only (a plane around the point): it serves to compare with a tolerance.
        """
        edges = self._edges.get(state)
        if edges is None:
            return float("inf")
        start, end = _around(point, edges)
        return 0.0 if _crossings_are_odd(start, end) else _nearest(start, end)

    def state_at(self, point: Point, tolerance_m: float = TOLERANCE_M) -> str | None:
        """USPS code of the state a point lies in, or of the nearest one within the tolerance, else None."""
        outside, state = min((self.metres_outside(point, state), state) for state in self._edges)
        return state if outside <= tolerance_m else None


def _around(point: Point, edges: Edges) -> tuple[Floats, Floats]:
    """Starts and ends in metres east and north of the point, each ring whole, on the shorter way round."""
    scale = np.array((_METRES_PER_DEGREE * np.cos(np.radians(point.lat)), _METRES_PER_DEGREE))
    east = edges.anchor - point.lon
    origin = np.column_stack((point.lon + east - _wrapped(east), np.full_like(east, point.lat)))
    return (edges.start - origin) * scale, (edges.end - origin) * scale


def _wrapped(degrees: Floats) -> Floats:
    return (degrees + 180.0) % 360.0 - 180.0


def _crossings_are_odd(start: Floats, end: Floats) -> bool:
    """Whether a ray eastward from the origin crosses the edges an odd number of times."""
    straddles = (start[:, 1] > 0) != (end[:, 1] > 0)
    (x0, y0), (x1, y1) = start[straddles].T, end[straddles].T
    return bool(np.count_nonzero(x0 - y0 * (x1 - x0) / (y1 - y0) > 0) % 2)


def _nearest(start: Floats, end: Floats) -> float:
    """Metres from the origin to the nearest edge."""
    along = end - start
    length = np.einsum("ij,ij->i", along, along)
    share = -np.einsum("ij,ij->i", start, along) / np.where(length == 0, 1.0, length)
    foot = start + np.clip(share, 0.0, 1.0)[:, None] * along
    return float(np.sqrt(np.einsum("ij,ij->i", foot, foot).min()))


@cache
def outlines() -> Outlines:
    """The outlines of all 56 states and territories, read once a process."""
    topology = orjson.loads(files("directory.geocoding").joinpath("data/states-10m.json").read_bytes())
    arcs = _arcs(topology)
    return Outlines(
        {
            _STATE_OF_NAME[shape["properties"]["name"]]: _edges(_rings(shape), arcs)
            for shape in topology["objects"]["states"]["geometries"]
            if shape["properties"]["name"] in _STATE_OF_NAME
        }
    )


def _arcs(topology: Mapping[str, Any]) -> list[Floats]:
    """TopoJSON arcs (differences of whole steps) as degrees."""
    scale, translate = (np.array(topology["transform"][part]) for part in ("scale", "translate"))
    return [np.cumsum(np.array(arc), axis=0) * scale + translate for arc in topology["arcs"]]


def _rings(shape: Mapping[str, Any]) -> Iterator[list[int]]:
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    return (ring for polygon in polygons for ring in polygon)


def _edges(rings: Iterator[list[int]], arcs: list[Floats]) -> Edges:
    """The edges of all rings; a negative arc number means that arc backwards (one's complement)."""
    lines = [np.concatenate([arcs[arc] if arc >= 0 else arcs[~arc][::-1] for arc in ring]) for ring in rings]
    anchors = [np.full(len(line) - 1, line[0, 0]) for line in lines]
    starts, ends = [line[:-1] for line in lines], [line[1:] for line in lines]
    return Edges(np.concatenate(starts), np.concatenate(ends), np.concatenate(anchors))
