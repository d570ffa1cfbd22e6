"""The picture of a network: every clinic once, every link once, nothing on top of anything."""

import math
from itertools import combinations

import pytest

from directory.search.network import network_around
from directory.web.pages.picture import RADIUS, picture
from tests.factories.networks import TODAY, clinic
from tests.fakes.engines import HoldingEngine

STAR = {("hub", f"k{number}") for number in range(9)}
TREE = STAR | {(f"k{number}", f"m{number}") for number in range(0, 9, 2)} | {("m0", "n0"), ("k1", "k2")}


def members(links, start="hub"):
    ends = sorted({key for link in links for key in link})
    linked = {key: [a if b == key else b for a, b in links if key in (a, b)] for key in ends}
    engine = HoldingEngine(clinic(key, *sorted(linked[key])) for key in ends)
    return network_around(start, engine, TODAY).members


@pytest.mark.parametrize("start", ["hub", "k1", "n0"])
def test_every_clinic_and_every_link_is_drawn_once(start):
    drawn = picture(members(TREE, start))
    assert drawn is not None
    places = {(dot.x, dot.y): dot.number for dot in drawn.dots}
    assert sorted(places.values()) == list(range(len(members(TREE))))
    lines = {frozenset((places[line.x1, line.y1], places[line.x2, line.y2])) for line in drawn.lines}
    assert len(lines) == len(drawn.lines) == len(TREE)


@pytest.mark.parametrize("start", ["hub", "k1", "n0"])
def test_circles_lie_apart_and_within_the_frame(start):
    drawn = picture(members(TREE, start))
    assert drawn is not None
    assert min(math.dist((a.x, a.y), (b.x, b.y)) for a, b in combinations(drawn.dots, 2)) > 2 * RADIUS
    for dot in drawn.dots:
        assert drawn.left <= dot.x - RADIUS
        assert dot.x + RADIUS <= drawn.left + drawn.width
        assert drawn.top <= dot.y - RADIUS
        assert dot.y + RADIUS <= drawn.top + drawn.height


def test_a_chain_lies_flat():
    drawn = picture(members({("a", "b"), ("b", "c")}, "b"))
    assert drawn is not None
    assert drawn.width > 3 * drawn.height


def test_two_clinics_need_no_picture():
    assert picture(members({("a", "b")}, "a")) is None


def test_what_would_overlap_is_not_drawn():
    assert picture(members({("hub", f"k{number:02}") for number in range(40)})) is None
