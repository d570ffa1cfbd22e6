"""Writes many documents so that none is dropped silently: each is taken, stale, refused, or the whole load stops."""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from typing import Any

import orjson
from elasticsearch import ApiError, Elasticsearch, TransportError

from directory.domain.errors import EngineUnavailable
from directory.engines.elasticsearch.errors import BLOCKED, BUSY, answered, kind_of, translated
from directory.engines.elasticsearch.mapping import document, marker_id, tombstone
from directory.search.index import Applied, Refused
from directory.search.listing import Listing

MOST_BYTES = 4_000_000
MOST_DOCUMENTS = 2_000
ATTEMPTS = 9
"""The last comes after 25 s of pauses: as long as a server may be short of memory without failing a load of an hour."""
_FIRST_PAUSE_S = 0.1
_CONFLICT = 409
_UNFIT = 400
_FAULTY = 400
"""Statuses below this are those of what was written."""
_SHOWN = "items.*.status,items.*.error.type,items.*.error.reason"
_DIVISIBLE = frozenset({400, 413})
"""Answers to a whole request that a smaller one may not get: it was too large, or one document of it was no good."""


class Counted(Enum):
    """What a write counts as when it succeeds."""

    UPSERTED = "upserted"
    DELETED = "deleted"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Write:
    """One document to index, as the two lines of a bulk request."""

    id: str
    lines: tuple[bytes, bytes]
    counted: Counted

    @property
    def size(self) -> int:
        return sum(map(len, self.lines))


def upsert(listing: Listing) -> Write:
    return _write(listing.id, listing.version, document(listing), Counted.UPSERTED)


def delete(item: str, version: int) -> Write:
    return _write(item, version, tombstone(item, version), Counted.DELETED)


def mark(subject: str, version: int) -> Write:
    """Keeps the version of a subject's newest change; written again by a replay without complaint."""
    item = marker_id(subject)
    return _write(item, version, tombstone(item, version), Counted.NOTHING, "external_gte")


def _write(item: str, version: int, source: dict[str, Any], counted: Counted, rule: str = "external") -> Write:
    action = {"index": {"_id": item, "version": version, "version_type": rule}}
    return Write(item, (orjson.dumps(action), orjson.dumps(source)), counted)


@dataclass(frozen=True, slots=True)
class Bulk:
    """Writes through an alias: a missing index would be made up by the server, without our mapping.

    `pause` waits so many seconds before writes that were turned away are repeated. Repeating is safe also where the
    first try had been applied: its versions then count as stale. `senders` chunks are under way at a time; more than
    one only where the order in which writes arrive does not matter.
    """

    client: Elasticsearch
    alias: str
    pause: Callable[[float], None] = time.sleep
    senders: int = 1

    def write(self, writes: Iterable[Write]) -> Applied:
        """Raises EngineUnavailable when the server cannot take them now; what was written until then stays."""
        applied = Applied()
        with translated():
            for done in self._sent(chunks(writes)):
                applied = combined(applied, done)
        return applied

    def _sent(self, groups: Iterable[list[Write]]) -> Iterator[Applied]:
        """While one chunk is on its way the next is made: the server and this process work at the same time."""
        if self.senders == 1:
            yield from map(self._chunk, groups)
            return
        under_way: deque[Future[Applied]] = deque()
        with ThreadPoolExecutor(self.senders, "bulk") as pool:
            try:
                for group in groups:
                    under_way.append(pool.submit(self._chunk, group))
                    if len(under_way) > self.senders:
                        yield under_way.popleft().result()
                while under_way:
                    yield under_way.popleft().result()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _chunk(self, chunk: Sequence[Write]) -> Applied:
        applied, waiting = Applied(), chunk
        for attempt in range(ATTEMPTS):
            if attempt:
                self.pause(_FIRST_PAUSE_S * 2 ** (attempt - 1))
            done, waiting = self._attempt(waiting, last=attempt == ATTEMPTS - 1)
            applied = combined(applied, done)
            if not waiting:
                return applied
        raise EngineUnavailable(f"Elasticsearch is overloaded: it turned {len(waiting)} writes away {ATTEMPTS} times.")

    def _attempt(self, writes: Sequence[Write], last: bool) -> tuple[Applied, Sequence[Write]]:
        """What was done, and the writes to repeat."""
        try:
            items = self._send(writes)
        except ApiError as error:
            if error.meta.status in _DIVISIBLE:
                return self._halves(writes, error), ()
            if last or error.meta.status not in BUSY or kind_of(error) == BLOCKED:
                raise
            return Applied(), writes
        except TransportError:
            if last:
                raise
            return Applied(), writes
        return _sorted_out(writes, items)

    def _send(self, writes: Sequence[Write]) -> list[dict[str, Any]]:
        lines: Any = [line for write in writes for line in write.lines]
        response = self.client.options(max_retries=0).bulk(
            index=self.alias, operations=lines, require_alias=True, filter_path=_SHOWN
        )
        return [item["index"] for item in response["items"]]

    def _halves(self, writes: Sequence[Write], error: ApiError) -> Applied:
        if len(writes) == 1:
            reason = f"{error.meta.status} {kind_of(error) or 'too large'}"
            return Applied(refused=(Refused(writes[0].id, reason),))
        middle = len(writes) // 2
        return combined(self._chunk(writes[:middle]), self._chunk(writes[middle:]))


def chunks(writes: Iterable[Write]) -> Iterator[list[Write]]:
    """Groups of bounded size, by bytes and by number."""
    chunk: list[Write] = []
    size = 0
    for write in writes:
        if chunk and (size + write.size > MOST_BYTES or len(chunk) == MOST_DOCUMENTS):
            yield chunk
            chunk, size = [], 0
        chunk.append(write)
        size += write.size
    if chunk:
        yield chunk


def _sorted_out(writes: Sequence[Write], items: Sequence[dict[str, Any]]) -> tuple[Applied, Sequence[Write]]:
    written: Counter[Counted] = Counter()
    applied = Applied()
    again: list[Write] = []
    for write, item in zip(writes, items, strict=True):
        status = item["status"]
        if status < _FAULTY:
            written[write.counted] += 1
        elif status in BUSY and item["error"]["type"] != BLOCKED:
            again.append(write)
        else:
            applied = combined(applied, _fault(write, status, item.get("error", {})))
    return combined(applied, Applied(written[Counted.UPSERTED], written[Counted.DELETED])), again


def _fault(write: Write, status: int, error: dict[str, Any]) -> Applied:
    if status == _CONFLICT:
        return Applied(stale=int(write.counted is not Counted.NOTHING))
    if status == _UNFIT:
        return Applied(refused=(Refused(write.id, f"{status} {error.get('type')}: {error.get('reason')}"),))
    raise answered(status, str(error.get("type", "")))


def combined(first: Applied, second: Applied) -> Applied:
    return Applied(
        first.upserted + second.upserted,
        first.deleted + second.deleted,
        first.stale + second.stale,
        first.refused + second.refused,
    )
