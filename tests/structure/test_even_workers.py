"""Connections are spread evenly over the workers of the production server."""

import errno
import os
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest
from gunicorn.app.wsgiapp import WSGIApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger

ROOT = Path(__file__).resolve().parents[2]


class Listener:
    """Has no connection for whoever accepts: another worker was there first."""

    def __init__(self) -> None:
        self.asked = 0

    def accept(self) -> None:
        self.asked += 1
        raise BlockingIOError(errno.EAGAIN, "none is left")


@pytest.fixture(name="server")
def server_(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """What gunicorn.conf.py defines."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["gunicorn"])
    return runpy.run_path(str(ROOT / "gunicorn.conf.py"))


def worker(server: dict[str, Any], connections: int) -> Any:
    """A worker as the server starts it, with so many connections."""
    config = Config()
    made = server["worker_class"](1, os.getppid(), [], WSGIApplication, 30, config, Logger(config))
    server["pre_fork"](None, made)
    made.nr_conns = connections
    return made


def waits(server: dict[str, Any], monkeypatch: pytest.MonkeyPatch, meanwhile: Any = lambda: None) -> list[float]:
    """The times for which a worker lets others go first; what happens `meanwhile`."""
    found: list[float] = []

    def sleep(seconds: float) -> None:
        found.append(seconds)
        meanwhile()

    monkeypatch.setattr(server["time"], "sleep", sleep)
    return found


def test_a_worker_with_more_connections_lets_the_others_accept_first(
    server: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    few, many, listener = worker(server, 1), worker(server, 3), Listener()

    def other_accepts() -> None:
        few.nr_conns += 1

    waited = waits(server, monkeypatch, other_accepts)
    many.accept(listener)
    assert (len(waited), few.nr_conns, listener.asked) == (2, 3, 1)


def test_who_holds_fewest_accepts_at_once(server: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    listener, waited = Listener(), waits(server, monkeypatch)
    for item in (worker(server, 2), worker(server, 2)):
        item.accept(listener)
    assert (waited, listener.asked) == ([], 2)


def test_nobody_waits_long_for_a_worker_that_hangs(server: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    worker(server, 0)
    many, listener, waited = worker(server, 9), Listener(), waits(server, monkeypatch)
    many.accept(listener)
    assert sum(waited) <= 0.01
    assert listener.asked == 1


def test_a_worker_that_died_is_not_waited_for(server: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    dead, many = worker(server, 0), worker(server, 9)
    dead.pid = 0
    server["child_exit"](None, dead)
    waited = waits(server, monkeypatch)
    many.accept(Listener())
    assert waited == []


def test_more_workers_than_seats_share_the_last(server: dict[str, Any]) -> None:
    seats = server["Seats"]()
    taken = [seats.take() for _ in range(seats.COUNT + 2)]
    assert len({seat._at for seat in taken}) == seats.COUNT
