import threading
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from directory.domain.errors import EngineUnavailable
from directory.search.result import Result
from directory.web.demonstration import REMEMBERED_S, Demonstration

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class MarkedEngine:
    """Serves one listing with the given notices, or none, or is down; tells when it was asked."""

    def __init__(self, notices):
        self.notices = notices
        self.asked = threading.Semaphore(0)

    def search(self, query):
        try:
            if self.notices is None:
                raise EngineUnavailable("down")
            card = SimpleNamespace(notices=self.notices)
            hits = (SimpleNamespace(listing=SimpleNamespace(card=card)),)
            return Result(hits, 1, {}, None, "one")
        finally:
            self.asked.release()


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def looks_again(demonstration, engine, clock):
    """Ask after the time that an answer is remembered; the look itself is made beside the request."""
    clock.now += REMEMBERED_S
    before = demonstration()
    assert engine.asked.acquire(timeout=30)
    for thread in threading.enumerate():
        if thread.name == "demonstration":
            thread.join(timeout=30)
    return before, demonstration()


@pytest.mark.parametrize(
    ("notices", "shown"), [(("demonstration", "licence_not_checked"), True), (("licence_not_checked",), False)]
)
def test_one_listing_tells_for_all(clock, notices, shown):
    assert Demonstration(MarkedEngine(notices), lambda: NOW, clock)() is shown


def test_an_answer_is_remembered_for_a_while(clock):
    engine = MarkedEngine(("demonstration",))
    demonstration = Demonstration(engine, lambda: NOW, clock)
    assert [demonstration() for _ in range(5)] == [True] * 5
    assert engine.asked.acquire(blocking=False)
    assert not engine.asked.acquire(blocking=False)


def test_an_index_that_is_filled_later_is_noticed_without_a_request_that_waits(clock):
    engine = MarkedEngine(())
    demonstration = Demonstration(engine, lambda: NOW, clock)
    assert demonstration() is False
    engine.asked.acquire()
    engine.notices = ("demonstration",)
    assert looks_again(demonstration, engine, clock) == (False, True)


def test_an_outage_changes_nothing_of_what_is_known(clock):
    engine = MarkedEngine(("demonstration",))
    demonstration = Demonstration(engine, lambda: NOW, clock)
    assert demonstration() is True
    engine.asked.acquire()
    engine.notices = None
    assert looks_again(demonstration, engine, clock) == (True, True)


def test_an_outage_at_the_start_is_no_demonstration(clock):
    assert Demonstration(MarkedEngine(None), lambda: NOW, clock)() is False
