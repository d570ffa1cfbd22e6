"""While the first engine is down the second answers, says so, and the first is asked again after a rest."""

from datetime import date

import pytest

from directory.domain.errors import EngineUnavailable
from directory.engines.fallback import REST_S, FallbackEngine
from directory.search.engine import Readiness
from directory.search.query import Query
from directory.search.result import Result

QUERY = Query(date(2026, 11, 25))


class SwitchedEngine:
    """Up or down as told; counts how often it was asked."""

    def __init__(self, name: str) -> None:
        self.name, self.up, self.asked = name, True, 0

    def search(self, _query):
        self.asked += 1
        if not self.up:
            raise EngineUnavailable(f"{self.name} is down")
        return Result((), 0, {}, None, self.name)

    def readiness(self):
        return Readiness(self.up, self.name, detail="" if self.up else "no answer")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def engines():
    return SwitchedEngine("first"), SwitchedEngine("second"), Clock()


def test_the_first_answers_while_it_is_up(engines):
    first, second, clock = engines
    result = FallbackEngine(first, second, clock).search(QUERY)
    assert (result.generation, result.fallback, second.asked) == ("first", False, 0)


def test_the_second_answers_and_says_so_and_the_first_rests(engines):
    first, second, clock = engines
    first.up = False
    engine = FallbackEngine(first, second, clock)
    answers = [engine.search(QUERY) for _ in range(3)]
    assert [(a.generation, a.fallback) for a in answers] == [("second", True)] * 3
    assert first.asked == 1
    clock.now += REST_S
    first.up = True
    assert engine.search(QUERY).generation == "first"


def test_both_down_is_said(engines):
    first, second, clock = engines
    first.up = second.up = False
    engine = FallbackEngine(first, second, clock)
    with pytest.raises(EngineUnavailable, match="second"):
        engine.search(QUERY)
    assert not engine.readiness().ready


def test_readiness_names_who_answers(engines):
    first, second, clock = engines
    first.up = False
    readiness = FallbackEngine(first, second, clock).readiness()
    assert readiness.ready
    assert "first is down" in readiness.detail
