"""Connections are spread evenly over the workers of the production server."""

import errno
import os
import runpy
import selectors
import socket
import sys
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from gunicorn.app.wsgiapp import WSGIApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn

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


def test_a_new_connection_waits_for_its_first_request_without_a_thread(server: dict[str, Any]) -> None:
    asked: list[Any] = []
    made = worker(server, 0)
    made.poller, made.tpool = selectors.DefaultSelector(), Pool(asked)
    ours, theirs = socket.socketpair()
    with ours, theirs, made.poller:
        connection = TConn(made.cfg, ours, ("", 0), ("", 0))
        made.enqueue_req(connection)
        assert (asked, list(made.pending_conns)) == ([], [connection])
        theirs.sendall(b"GET / HTTP/1.1\r\n")
        made.wait_for_and_dispatch_events(timeout=1)
        assert (asked, list(made.pending_conns)) == ([connection], [])


class Pool:
    """Threads that are only told what to do."""

    def __init__(self, asked: list[Any]) -> None:
        self._asked = asked

    def submit(self, _: Any, connection: Any) -> Future[None]:
        self._asked.append(connection)
        return Future()
