"""The writers' lock: a lease with a growing token, in a document of a small index of its own.

Whoever takes the lease over from a holder that fell silent counts the token up. The old holder then cannot renew,
and renewing is the last thing a writer does before it publishes anything: it is fenced out.

Clocks of the machines that write must agree to well within the length of a lease.
"""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from elasticsearch import BadRequestError, ConflictError, Elasticsearch, NotFoundError

from directory.domain.errors import EngineUnavailable, FencedOut, LockHeld
from directory.engines.elasticsearch.errors import translated

LEASE = timedelta(seconds=60)
_ID = "writer"
_PROPERTIES = {
    "owner": {"type": "keyword", "index": False},
    "token": {"type": "long", "index": False},
    "until": {"type": "keyword", "index": False},
}
_TAKEN = "Another indexer is at work on this index: wait for it to end, or for its lease of {} s to run out."
_LOST = "The lock was lost to another indexer while this one was paused: nothing was published. Start again."


@dataclass(frozen=True, slots=True)
class _Held:
    """A version of the lock's document."""

    token: int
    until: datetime
    seq_no: int
    primary_term: int


class Lease:
    """One writer's claim on the lock. It renews itself in the background while it is held."""

    def __init__(self, client: Elasticsearch, index: str, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._index = index
        self._clock = clock
        self._owner = secrets.token_hex(8)
        self._mine: _Held | None = None
        self._one_at_a_time = threading.Lock()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Raises LockHeld at once when another holds it, and EngineUnavailable."""
        self._acquire()
        stop = threading.Event()
        beat = threading.Thread(target=self._keep, args=(stop,), name="lease", daemon=True)
        beat.start()
        try:
            yield
        finally:
            stop.set()
            beat.join()
            self._release()

    def confirm(self) -> None:
        """Renews the lease, so that nobody can take it for another LEASE. Raises FencedOut where it was lost."""
        with self._one_at_a_time, translated():
            if self._mine is None:
                raise FencedOut("This needs the lock: take it with `index.lock()` first.")
            try:
                self._mine = self._put(self._mine.token, self._clock() + LEASE, self._mine)
            except ConflictError:
                raise FencedOut(_LOST) from None

    def _acquire(self) -> None:
        with self._one_at_a_time, translated():
            if self._mine is not None:
                raise LockHeld(_TAKEN.format(LEASE.seconds))
            self._create_index()
            present = self._present()
            if present is not None and present.until > self._clock():
                raise LockHeld(_TAKEN.format(LEASE.seconds))
            try:
                self._mine = self._put(present.token + 1 if present else 1, self._clock() + LEASE, present)
            except ConflictError:
                raise LockHeld(_TAKEN.format(LEASE.seconds)) from None

    def _release(self) -> None:
        """Ends the lease now. Where that fails it runs out by itself."""
        with self._one_at_a_time, suppress(EngineUnavailable):
            mine, self._mine = self._mine, None
            if mine is not None:
                with translated(), suppress(ConflictError):
                    self._put(mine.token, self._clock(), mine)

    def _keep(self, stop: threading.Event) -> None:
        while not stop.wait(LEASE.total_seconds() / 3):
            with suppress(EngineUnavailable):
                try:
                    self.confirm()
                except FencedOut:
                    return

    def _create_index(self) -> None:
        settings = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
        try:
            self._client.indices.create(
                index=self._index, settings=settings, mappings={"dynamic": "strict", "properties": _PROPERTIES}
            )
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise

    def _present(self) -> _Held | None:
        try:
            found = self._client.get(index=self._index, id=_ID)
        except NotFoundError:
            return None
        source = found["_source"]
        until = datetime.fromisoformat(source["until"])
        return _Held(source["token"], until, found["_seq_no"], found["_primary_term"])

    def _put(self, token: int, until: datetime, replacing: _Held | None) -> _Held:
        """Raises ConflictError where somebody wrote since."""
        rule: dict[str, Any] = {"op_type": "create"}
        if replacing is not None:
            rule = {"if_seq_no": replacing.seq_no, "if_primary_term": replacing.primary_term}
        source = {"owner": self._owner, "token": token, "until": until.isoformat()}
        written = self._client.index(index=self._index, id=_ID, document=source, **rule)
        return _Held(token, until, written["_seq_no"], written["_primary_term"])
