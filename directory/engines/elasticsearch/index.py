"""Writes generations and changes into Elasticsearch."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from elasticsearch import Elasticsearch

from directory.domain.errors import EngineUnavailable, InvalidInput
from directory.engines.elasticsearch.bulk import Bulk, upsert
from directory.engines.elasticsearch.changes import apply_changes, keep_position
from directory.engines.elasticsearch.client import check_version
from directory.engines.elasticsearch.errors import NOTHING_LIVE, translated
from directory.engines.elasticsearch.generations import Generations
from directory.engines.elasticsearch.layout import ONE_MACHINE, Layout
from directory.engines.elasticsearch.lease import Lease
from directory.engines.elasticsearch.mapping import building, decoded, mapping, serving
from directory.engines.elasticsearch.scan import LISTED, documents, moment, scan
from directory.search.index import Applied, Change, Contents, Draft, Entry, Generation
from directory.search.listing import Listing

PATIENCE_S = 60
"""Seconds within which the server must answer one request of a writer."""
_LOOKS_WITHOUT_PROGRESS = 60
_FIRST_LOOK_S, _BETWEEN_LOOKS_S = 0.02, 1.0
_AGAIN: dict[str, Any] = {
    "max_retries": 4,
    "retry_on_status": (429, 503),
    "retry_backoff_base": 0.25,
    "retry_backoff_cap": 4.0,
}
"""A server that is short of memory for a moment must not cost a load of an hour its last step."""


def _now() -> datetime:
    return datetime.now(UTC)


class ElasticsearchDraft:
    """A generation that is filled beside the live one."""

    def __init__(
        self, name: str, bulk: Bulk, generations: Generations, layout: Layout, confirm: Callable[[], None]
    ) -> None:
        self.name = name
        self._bulk = bulk
        self._generations = generations
        self._layout = layout
        self._confirm = confirm

    def add(self, listings: Iterable[Listing]) -> Applied:
        return self._bulk.write(upsert(listing) for listing in listings)

    def apply(self, changes: Sequence[Change]) -> Applied:
        return apply_changes(replace(self._bulk, senders=1), changes)

    def finish(self, position: int) -> Generation:
        self._confirm()
        client = self._bulk.client
        with translated():
            keep_position(client, self._bulk.alias, position)
            client.indices.refresh(index=self.name)
            self._merge(client)
            client.indices.put_settings(index=self.name, settings=serving(self._layout.replicas))
            client.indices.refresh(index=self.name)
            client.indices.flush(index=self.name)
            self._await_copies(client)
            return self._generations.describe(self.name)

    def _merge(self, client: Elasticsearch) -> None:
        """Looks again and again how far it is: a merge may take longer than an idle connection lives.

        One that the server gives up leaves the generation whole, and only slower.
        """
        most = self._layout.segments
        if not most:
            return
        client.indices.forcemerge(index=self.name, max_num_segments=most, wait_for_completion=False)
        wait_s, idle = _FIRST_LOOK_S, 0
        while self._generations.segments(self.name) > most and idle < _LOOKS_WITHOUT_PROGRESS:
            idle = 0 if self._generations.merging(self.name) else idle + 1
            self._bulk.pause(wait_s)
            wait_s = min(2 * wait_s, _BETWEEN_LOOKS_S)

    def _await_copies(self, client: Elasticsearch) -> None:
        """Until every copy is there: a generation that goes live serves from all of them. Raises EngineUnavailable."""
        idle = 0
        while self._layout.replicas:
            health = client.cluster.health(index=self.name)
            if health["status"] == "green":
                return
            idle = 0 if health["initializing_shards"] else idle + 1
            if idle == _LOOKS_WITHOUT_PROGRESS:
                raise EngineUnavailable(
                    f"Elasticsearch places {health['unassigned_shards']} copies nowhere: see "
                    "`_cluster/allocation/explain`, or ask for fewer with ELASTICSEARCH_REPLICAS."
                )
            self._bulk.pause(_BETWEEN_LOOKS_S)


class ElasticsearchIndex:
    """Implements `directory.search.index.Index`; the live generation is the one that `alias` names.

    `layout` holds for generations made from now on. `pause` waits so many seconds before a write that was turned away
    is repeated, and between two looks at replicas that are being made.
    """

    name = "elasticsearch"

    def __init__(
        self,
        client: Elasticsearch,
        alias: str,
        layout: Layout = ONE_MACHINE,
        clock: Callable[[], datetime] = _now,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client.options(request_timeout=PATIENCE_S, **_AGAIN)
        self._alias = alias
        self._layout = layout
        self._clock = clock
        self._pause = pause
        self._lease = Lease(self._client, f"{alias}-lock", clock)
        self._generations = Generations(self._client, alias)

    def lock(self) -> AbstractContextManager[None]:
        return self._lease.held()

    def live(self) -> Generation | None:
        with translated():
            name = self._generations.live_name()
            return self._generations.describe(name) if name else None

    def draft(self, fingerprint: str) -> Draft:
        check_version(self._client)
        self.check_room()
        created_at = self._clock()
        name = self._generations.new_name(created_at)
        alias = self._generations.draft_alias(name)
        with translated():
            self._client.indices.create(
                index=name,
                settings=building(self._layout.shards, self._layout.sort_by),
                mappings=mapping(fingerprint, created_at.isoformat()),
                aliases={alias: {}},
            )
        return self.opened(name, self._layout)

    def promote(self, draft: Draft) -> Generation:
        """The old generation is deleted afterwards; where that fails, `reap` does it later."""
        self._lease.confirm()
        with translated():
            # Nothing is asked after the switch: an error then would look like a promotion that failed.
            promoted = self._generations.describe(draft.name)
            replaced = self._generations.switch(draft.name)
        with suppress(EngineUnavailable), translated():
            for old in replaced:
                self._generations.delete(old)
        return promoted

    def discard(self, draft: Draft) -> None:
        with translated():
            self._generations.give_up(draft.name)

    def reap(self) -> tuple[str, ...]:
        self._lease.confirm()
        with translated():
            return tuple(name for name in self._generations.orphans() if self._generations.give_up(name))

    def apply(self, changes: Sequence[Change], position: int) -> Applied:
        self._lease.confirm()
        with translated():
            applied = apply_changes(Bulk(self._client, self._alias, self._pause), changes)
            self._client.indices.refresh(index=self._alias)
            keep_position(self._client, self._alias, position)
        return applied

    def entries(self) -> Iterator[Entry]:
        with translated(), moment(self._client, self._alias) as snapshot:
            for fields in scan(self._client, LISTED, ["id", "version", "digest"], snapshot=snapshot):
                yield Entry(fields["id"][0], fields["version"][0], fields["digest"][0])

    @contextmanager
    def contents(self) -> Iterator[Contents]:
        """The position is read first: each shard's point in time begins a little later, with all that belongs to it."""
        with translated():
            name = self._generations.live_name()
            if name is None:
                raise EngineUnavailable(NOTHING_LIVE)
            known = self._generations.describe(name)
            with moment(self._client, name) as snapshot:
                held = replace(known, listings=self._generations.count_at(snapshot))
                yield Contents(held, self._listings(snapshot))

    def _listings(self, snapshot: Mapping[str, Any]) -> Iterator[Listing]:
        with translated():
            for encoded in documents(self._client, LISTED, snapshot):
                yield decoded(encoded)

    def opened(self, name: str, layout: Layout) -> ElasticsearchDraft:
        """The draft that a generation is which is not live, written through its own alias."""
        bulk = Bulk(self._client, self._generations.draft_alias(name), self._pause, layout.senders)
        return ElasticsearchDraft(name, bulk, self._generations, layout, self._lease.confirm)

    def restored(self, name: str) -> ElasticsearchDraft:
        """The same of one that was made before: merging it anew for a few changes would cost more than it saves."""
        return self.opened(name, replace(self._layout, segments=0))

    def check_room(self) -> None:
        """Raises InvalidInput where no copy could ever be placed: found out now, not at the end of a load."""
        asked = self._layout.replicas
        if not asked:
            return
        with translated():
            nodes = self._client.cluster.health()["number_of_data_nodes"]
        if asked >= nodes:
            raise InvalidInput(
                f"ELASTICSEARCH_REPLICAS={asked} needs {asked + 1} data nodes, and this cluster has {nodes}: add "
                "nodes, or ask for fewer copies."
            )
