import threading

import pytest
import time_machine
from limits.storage import storage_from_string

from directory.web import counting
from directory.web.counting import SCHEME, Counters

MINUTE = 60


@pytest.fixture
def clock():
    with time_machine.travel(1_000_000, tick=False) as moving:
        yield moving


def test_the_library_finds_them_by_their_scheme():
    assert isinstance(storage_from_string(f"{SCHEME}://"), Counters)


def test_a_window_begins_with_its_first_count_and_then_ends(clock):
    counters = Counters()
    assert [counters.incr("a", MINUTE) for _ in range(3)] == [1, 2, 3]
    assert counters.get_expiry("a") == 1_000_060
    clock.shift(59)
    assert (counters.get("a"), counters.incr("a", MINUTE)) == (3, 4)
    clock.shift(1)
    assert counters.get("a") == 0
    assert (counters.incr("a", MINUTE), counters.get_expiry("a")) == (1, 1_000_120)


def test_keys_count_apart(clock):
    counters = Counters()
    counters.incr("a", MINUTE, amount=5)
    assert (counters.get("a"), counters.get("b"), counters.get_expiry("b")) == (5, 0, 1_000_000)


def test_they_can_be_forgotten(clock):
    counters = Counters()
    for key in ("a", "b"):
        counters.incr(key, MINUTE)
    counters.clear("a")
    assert (counters.get("a"), counters.get("b")) == (0, 1)
    assert (counters.reset(), counters.get("b")) == (1, 0)
    assert counters.check()


def test_memory_is_bounded_and_ended_windows_leave_first(clock, monkeypatch):
    monkeypatch.setattr(counting, "MOST", 4)
    counters = Counters()
    for key in ("old 1", "old 2"):
        counters.incr(key, MINUTE)
    clock.shift(30)
    for key in ("new 1", "new 2"):
        counters.incr(key, MINUTE)
    clock.shift(30)
    counters.incr("newest", MINUTE)
    assert [counters.get(key) for key in ("old 1", "new 1", "new 2", "newest")] == [0, 1, 1, 1]
    counters.incr("a", MINUTE)
    counters.incr("b", MINUTE)
    assert [counters.get(key) for key in ("new 1", "a", "b")] == [0, 0, 1]


def test_threads_lose_no_count():
    counters = Counters()
    threads = [threading.Thread(target=lambda: [counters.incr("a", MINUTE) for _ in range(2_000)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counters.get("a") == 8_000
