"""How generations are laid out on the cluster, and how they are filled. What was measured: docs/scaling.md."""

from dataclasses import dataclass

from directory.domain.errors import InvalidInput
from directory.search.listing import OPEN_FIELDS, Field

SORTABLE = (
    *("id", "subject", "place", "checked_on", "expires_on"),
    *(f"tokens.{field.value}" for field in Field if field not in OPEN_FIELDS),
)
"""Fields whose values an index can keep its documents in the order of."""
MOST_SHARDS, MOST_REPLICAS, MOST_SEGMENTS, MOST_SENDERS = 1_024, 10, 100, 32


@dataclass(frozen=True, slots=True)
class Layout:
    """`segments` is how many a shard is merged to before it goes live; 0 leaves that to the server. `sort_by` names
    fields by which each shard keeps its documents in order. `senders` chunks of a load are under way at a time.

    Raises InvalidInput naming the setting that cannot be used.
    """

    shards: int = 1
    replicas: int = 0
    segments: int = 1
    sort_by: tuple[str, ...] = ()
    senders: int = 3

    def __post_init__(self) -> None:
        _between("ELASTICSEARCH_SHARDS", self.shards, 1, MOST_SHARDS)
        _between("ELASTICSEARCH_REPLICAS", self.replicas, 0, MOST_REPLICAS)
        _between("ELASTICSEARCH_SEGMENTS", self.segments, 0, MOST_SEGMENTS)
        _between("ELASTICSEARCH_SENDERS", self.senders, 1, MOST_SENDERS)
        if unknown := [name for name in self.sort_by if name not in SORTABLE]:
            raise InvalidInput(
                f"ELASTICSEARCH_SORT_BY names {', '.join(unknown)}: an index can be sorted by {', '.join(SORTABLE)}."
            )


def _between(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise InvalidInput(f"{name} is a whole number from {least} to {most}, not {value}.")


ONE_MACHINE = Layout()
