"""Snapshots of generations, in a snapshot repository of the cluster.

A repository that is registered already (on object storage, say) is used as it is. Otherwise one on a shared file system
is registered, where a location is given: a folder that `path.repo` of every node allows.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError, TransportError

from directory.domain.errors import EngineUnavailable, InvalidInput
from directory.engines.elasticsearch.errors import NOTHING_LIVE, translated
from directory.engines.elasticsearch.generations import Generations
from directory.engines.elasticsearch.index import PATIENCE_S, ElasticsearchDraft, ElasticsearchIndex
from directory.engines.elasticsearch.mapping import VERSION, filling, fingerprint_of
from directory.search.index import Advance, Generation, Snapshot, snapshot_name

_BETWEEN_LOOKS_S = 0.25
_RED_LOOKS = 40
"""Looks after which a shard that nobody holds is not merely slow."""
_UNSAID = 1
"""Version of the mapping of snapshots that do not say theirs: there was no other then."""
_IN_USE = "snapshot_name_already_in_use_exception"
_OURS = "directory"
"""Key of a snapshot's metadata that says whose it is, and of what."""


class ElasticsearchArchive:
    """Implements `directory.search.index.Archive` in the repository called `repository`.

    `location` is where the repository is registered if it is not yet; without it, it must be there. `pause` waits so
    many seconds between two looks at how far the cluster is.
    """

    def __init__(
        self,
        index: ElasticsearchIndex,
        client: Elasticsearch,
        alias: str,
        repository: str,
        location: str = "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._index = index
        self._client = client.options(request_timeout=PATIENCE_S)
        self._generations = Generations(self._client, alias)
        self._alias = alias
        self._repository = repository
        self._location = location
        self._clock = clock
        self._pause = pause
        self.where = f"repository {repository}"

    def take(self, name: str, advance: Advance) -> Snapshot:
        snapshot_name(name)
        with translated():
            self._register()
            live = self._index.live()
            if live is None:
                raise EngineUnavailable(NOTHING_LIVE)
            taken = Snapshot(name, live, self._clock().astimezone(UTC).isoformat())
            self._begin(taken)
            try:
                self._await_taken(name, advance)
            except BaseException:
                with suppress(ApiError, TransportError):
                    self._client.snapshot.delete(repository=self._repository, snapshot=name)
                raise
        return taken

    def snapshots(self) -> tuple[Snapshot, ...]:
        with translated():
            self._register()
            found = self._client.snapshot.get(repository=self._repository, snapshot="*")["snapshots"]
        ours = (_read(item) for item in found if self._is_ours(item))
        return tuple(sorted(ours, key=lambda item: (item.taken_at, item.name), reverse=True))

    def find(self, name: str) -> Snapshot:
        snapshot_name(name)
        there = self.snapshots()
        for item in there:
            if item.name == name:
                return item
        known = ", ".join(item.name for item in there) or "none"
        raise InvalidInput(f"There is no snapshot called {name} in {self.where}; there are: {known}.", "name")

    def restore(self, name: str, advance: Advance) -> ElasticsearchDraft:
        kept = self.find(name)
        self._index.check_room()
        with translated():
            restored = self._generations.new_name(self._clock())
            self._client.snapshot.restore(
                repository=self._repository,
                snapshot=name,
                indices=kept.generation.name,
                include_global_state=False,
                include_aliases=False,
                rename_pattern=".+",
                rename_replacement=restored,
                index_settings=filling(),
            )
            try:
                self._await_restored(name, restored, advance)
                self._client.indices.put_alias(index=restored, name=self._generations.draft_alias(restored))
            except BaseException:
                with suppress(ApiError, TransportError):
                    self._generations.delete(restored)
                raise
        return self._index.restored(restored)

    def drop(self, name: str) -> None:
        self.find(name)
        with translated():
            self._client.snapshot.delete(repository=self._repository, snapshot=name)

    def _register(self) -> None:
        """Sees to it that there is a repository. Raises InvalidInput saying what to set where there cannot be."""
        try:
            known = self._client.snapshot.get_repository(name=self._repository)[self._repository]
        except NotFoundError:
            self._create()
            return
        at = known.get("settings", {}).get("location", "")
        if self._location and at != self._location:
            raise InvalidInput(
                f"The snapshot repository {self._repository} is registered at {at or 'no folder'}, not at "
                f"{self._location}: name another with ELASTICSEARCH_SNAPSHOT_REPOSITORY, or leave "
                "ELASTICSEARCH_SNAPSHOT_LOCATION empty to use this one."
            )

    def _create(self) -> None:
        if not self._location:
            raise InvalidInput(
                f"Elasticsearch has no snapshot repository called {self._repository}. Set "
                "ELASTICSEARCH_SNAPSHOT_LOCATION to a folder that path.repo of every node allows, or register one "
                "yourself (on object storage, say) and name it with ELASTICSEARCH_SNAPSHOT_REPOSITORY."
            )
        try:
            self._client.snapshot.create_repository(
                name=self._repository, repository={"type": "fs", "settings": {"location": self._location}}
            )
        except ApiError as error:
            if "path.repo" in str(error.body):
                raise InvalidInput(
                    f"Elasticsearch may not keep snapshots in {self._location}: add that folder (or one above it) to "
                    "path.repo in elasticsearch.yml of every node, restart them, and mount the same folder on all."
                ) from None
            raise

    def _begin(self, taken: Snapshot) -> None:
        try:
            self._client.snapshot.create(
                repository=self._repository,
                snapshot=taken.name,
                indices=taken.generation.name,
                include_global_state=False,
                partial=False,
                metadata={_OURS: self._said(taken)},
                wait_for_completion=False,
            )
        except BadRequestError as error:
            if error.error == _IN_USE:
                message = f"There is a snapshot called {taken.name} already: drop it, or choose another name."
                raise InvalidInput(message, "name") from None
            raise

    def _said(self, taken: Snapshot) -> dict[str, Any]:
        return {"alias": self._alias, "taken_at": taken.taken_at, "mapping": VERSION, **asdict(taken.generation)}

    def _await_taken(self, name: str, advance: Advance) -> None:
        """Follows the snapshot to its end. Raises EngineUnavailable where it is not whole then."""
        done = _Done(advance)
        while True:
            # The state first: a snapshot whose shards are all done is only whole once it is written up.
            found = self._client.snapshot.get(repository=self._repository, snapshot=name)["snapshots"][0]
            stats = self._client.snapshot.status(repository=self._repository, snapshot=name)["snapshots"][0]["stats"]
            done.reach(stats.get("processed", stats["incremental"])["size_in_bytes"])
            if found["state"] != "IN_PROGRESS":
                break
            self._pause(_BETWEEN_LOOKS_S)
        if found["state"] != "SUCCESS":
            raise EngineUnavailable(f"Elasticsearch could not take the snapshot whole ({found['state'].lower()}).")

    def _await_restored(self, name: str, restored: str, advance: Advance) -> None:
        """Follows the restoring to its end. Raises EngineUnavailable where a shard does not come back."""
        done, red = _Done(advance), 0
        while True:
            found = self._client.indices.recovery(index=restored).get(restored, {})
            shards = [shard for shard in found.get("shards", ()) if shard["primary"]]
            done.reach(sum(shard["index"]["size"]["recovered_in_bytes"] for shard in shards))
            health = self._client.cluster.health(index=restored)
            if health["status"] != "red" and _recovered(shards) == health["active_primary_shards"] > 0:
                return
            red = red + 1 if health["status"] == "red" else 0
            if red == _RED_LOOKS:
                raise EngineUnavailable(
                    f"Snapshot {name} cannot be restored (Elasticsearch says why in its log): restore another, or run "
                    "`indexer rebuild`."
                )
            self._pause(_BETWEEN_LOOKS_S)

    def _is_ours(self, found: Mapping[str, Any]) -> bool:
        ours = found.get("metadata", {}).get(_OURS, {})
        return found["state"] == "SUCCESS" and isinstance(ours, dict) and ours.get("alias") == self._alias


class _Done:
    """Turns how much is done into how much more."""

    def __init__(self, advance: Advance) -> None:
        self._advance = advance
        self._reached = 0

    def reach(self, done: int) -> None:
        self._advance(max(0, done - self._reached))
        self._reached = max(done, self._reached)


def _recovered(shards: Sequence[Mapping[str, Any]]) -> int:
    """How many shards there are, once all are back; none before."""
    return len(shards) if all(shard["stage"] == "DONE" for shard in shards) else 0


def _read(found: Mapping[str, Any]) -> Snapshot:
    said = dict(found["metadata"][_OURS])
    del said["alias"]
    taken_at = said.pop("taken_at")
    said["fingerprint"] = fingerprint_of({"mapping": _UNSAID, **said})
    said.pop("mapping", None)
    return Snapshot(found["snapshot"], Generation(**said), taken_at)
