"""How the production server runs: used by `make demo` and by the container image alike.

Environment: PORT (default 8000), HOST (default 127.0.0.1), WEB_WORKERS (processes; default: one a core,
at most 4).
"""

import logging
import mmap
import os
import selectors
import shutil
import socket
import tempfile
import time
import traceback
from functools import partial

from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn, ThreadWorker


def without_request(record: logging.LogRecord) -> bool:
    """Take what the visitor asked out of the server's own messages, and keep the message.

    gunicorn writes the whole address, query included, when a request is malformed or fails, and an
    exception's text may repeat it. A query can name an illness, and the same line names an IP address.
    """
    message = str(record.msg)
    if message.startswith("Invalid request"):
        record.msg, record.args = "Refused a malformed request", ()
    elif message.startswith("Error handling request"):
        record.msg, record.args = "A request failed: %s", (_kind_and_place(record),)
        record.exc_info = record.exc_text = None
    return True


def _kind_and_place(record: logging.LogRecord) -> str:
    kind, _, trace = record.exc_info or (None, None, None)
    frames = traceback.extract_tb(trace)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{kind.__name__ if kind else 'unknown error'}{place}"


class PrivateLogger(Logger):
    """gunicorn's logger, without the visitor's words."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        self.error_log.addFilter(without_request)


class Seats:
    """How many connections each worker holds, in memory that all of them share: one number a seat, 0 while it is free,
    else one more than are held."""

    COUNT = 64

    def __init__(self) -> None:
        self._numbers = memoryview(mmap.mmap(-1, 4 * self.COUNT)).cast("I")

    def take(self) -> "Seat":
        """A free seat; the last one where there is none."""
        at = next((at for at, number in enumerate(self._numbers) if not number), self.COUNT - 1)
        return Seat(self._numbers, at)


class Seat:
    """One worker's number among all."""

    def __init__(self, numbers: memoryview, at: int) -> None:
        self._numbers, self._at = numbers, at
        self.hold(0)

    def hold(self, connections: int) -> None:
        self._numbers[self._at] = connections + 1

    def free(self) -> None:
        self._numbers[self._at] = 0

    def is_fewest(self) -> bool:
        """Whether no other worker holds fewer connections."""
        return self._numbers[self._at] <= min(filter(None, self._numbers), default=0)


class EvenWorker(ThreadWorker):
    """gunicorn's threaded worker, which lets a worker with fewer connections accept first.

    Connections stay with the worker that accepted them. When many come at once, the worker that wakes first takes
    most of them, often all: then one processor answers everybody and another stands still.
    """

    PATIENCE, WAIT_S = 5, 0.001
    """How often, and how long each time, the others go first: nobody waits for a worker that hangs."""
    FIRST_S = 5.0
    """How long a new connection may stay without a request."""

    seat: Seat | None = None

    @property
    def nr_conns(self) -> int:
        return self._held

    @nr_conns.setter
    def nr_conns(self, connections: int) -> None:
        self._held = connections
        if self.seat is not None:
            self.seat.hold(connections)

    def accept(self, *listener: socket.socket) -> None:
        for _ in range(self.PATIENCE):
            if self.seat is None or self.seat.is_fewest():
                break
            time.sleep(self.WAIT_S)
        super().accept(*listener)

    def enqueue_req(self, conn: TConn) -> None:
        """A connection on which nothing was asked yet waits with those that are kept open: gunicorn lets one of the few
        threads wait for it, so that some that browsers open ahead of time would make everybody else wait."""
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
            return
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + self.FIRST_S
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))


bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", min(os.cpu_count() or 1, 4)))
worker_class = EvenWorker
threads = 4
timeout = 30
graceful_timeout = 30
# A question of 1,000 accented letters is 6,000 bytes in an address; the default of 4,094 would refuse it.
limit_request_line = 8190
accesslog = None
logger_class = PrivateLogger
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108

_seats = Seats()

# The workers write their figures here, so that /metrics of any one of them tells those of all.
METRICS = "PROMETHEUS_MULTIPROC_DIR"
_made_here = None if os.environ.get(METRICS) else tempfile.mkdtemp(prefix="directory-metrics-")
if _made_here:
    os.environ[METRICS] = _made_here


def pre_fork(server: Arbiter, worker: EvenWorker) -> None:
    worker.seat = _seats.take()


def child_exit(server: Arbiter, worker: EvenWorker) -> None:
    """Forget what only a living worker can say."""
    from prometheus_client import multiprocess  # not before the variable above is set

    if worker.seat is not None:
        worker.seat.free()
    multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Arbiter) -> None:
    """Leave nothing behind."""
    if _made_here:
        shutil.rmtree(_made_here, ignore_errors=True)
