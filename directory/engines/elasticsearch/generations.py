"""Generations: indices named after the alias, the live one being the one that the alias names."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError

from directory.engines.elasticsearch.mapping import STATE_ID, fingerprint_of
from directory.engines.elasticsearch.scan import LISTED
from directory.search.index import Generation


@dataclass(frozen=True, slots=True)
class Generations:
    """What there is under one alias. Raises the client's own errors."""

    client: Elasticsearch
    alias: str

    def new_name(self, now: datetime) -> str:
        return f"{self.alias}-{now:%Y%m%d%H%M%S}-{secrets.token_hex(3)}"

    def draft_alias(self, name: str) -> str:
        """Through this a draft is written, until it goes live."""
        return f"{name}-draft"

    def all_names(self) -> list[str]:
        """Every generation, live or not, oldest first."""
        pattern = re.compile(re.escape(self.alias) + r"-\d{14}-[0-9a-f]{6}")
        return sorted(name for name in self.client.indices.get(index=f"{self.alias}-*") if pattern.fullmatch(name))

    def live_name(self) -> str | None:
        names = self.live_names()
        return names[0] if names else None

    def orphans(self) -> list[str]:
        """Generations that are not live: left by a crash while they were filled, or after another took over."""
        live = set(self.live_names())
        return [name for name in self.all_names() if name not in live]

    def describe(self, name: str) -> Generation:
        """A generation as it stands; what was not refreshed yet is not counted."""
        meta = self.client.indices.get_mapping(index=name)[name]["mappings"]["_meta"]
        return Generation(
            name=name,
            listings=self.count(name),
            position=self._position(name),
            fingerprint=fingerprint_of(meta),
            created_at=meta["created_at"],
        )

    def count(self, name: str) -> int:
        """Listings that are not deleted, expired ones included."""
        return int(self.client.count(index=name, query=LISTED)["count"])

    def count_at(self, moment: Mapping[str, Any]) -> int:
        """The same at a point in time."""
        counted = self.client.search(body={"query": LISTED, "size": 0, "track_total_hits": True, **moment})
        return int(counted["hits"]["total"]["value"])

    def segments(self, name: str) -> int:
        """How many the shard has that has most of them, as searches see it from now on."""
        self.client.indices.refresh(index=name)
        shards = self.client.indices.segments(index=name)["indices"][name]["shards"].values()
        return max(len(copy["segments"]) for shard in shards for copy in shard)

    def merging(self, name: str) -> bool:
        """Whether segments of it are being merged now."""
        merges = self.client.indices.stats(index=name, metric="merge")["_all"]["total"]["merges"]
        return bool(merges["current"])

    def switch(self, name: str) -> list[str]:
        """Makes a generation live in one step; returns the names of those that were.

        The server refuses it for a draft that `give_up` has taken the alias from, however late the request comes.
        """
        before = [old for old in self.live_names() if old != name]
        actions: list[dict[str, Any]] = [{"remove": {"index": old, "alias": self.alias}} for old in before]
        done = {"remove": {"index": name, "alias": self.draft_alias(name), "must_exist": True}}
        add = {"add": {"index": name, "alias": self.alias, "is_write_index": True}}
        self.client.indices.update_aliases(actions=[*actions, done, add])
        return before

    def give_up(self, name: str) -> bool:
        """Deletes a generation unless it is live; returns whether it did.

        A switch that got no answer may take effect at any moment, also after somebody has looked what is live. So the
        draft loses its alias first, without which no switch succeeds.
        """
        done = {"remove": {"index": name, "alias": self.draft_alias(name), "must_exist": True}}
        try:
            self.client.indices.update_aliases(actions=[done])
        except NotFoundError:
            if name in self.live_names():
                return False
        self.delete(name)
        return True

    def delete(self, name: str) -> None:
        self.client.indices.delete(index=name, ignore_unavailable=True)

    def live_names(self) -> list[str]:
        try:
            return list(self.client.indices.get_alias(name=self.alias))
        except NotFoundError:
            return []

    def _position(self, name: str) -> int:
        try:
            return int(self.client.get(index=name, id=STATE_ID)["_source"]["version"])
        except NotFoundError:
            return 0
