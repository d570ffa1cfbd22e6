"""A store of the embedded engine for tests, and ways to make it cross the thresholds of large ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from directory.engines.embedded import EmbeddedEngine, EmbeddedIndex
from directory.search.index import Applied, Change, Generation
from directory.search.listing import Listing
from tests.factories.listings import TODAY, Sampler

FAR = TODAY + timedelta(days=60)


def now() -> datetime:
    return datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Store:
    """One directory of an index."""

    folder: Path

    def engine(self) -> EmbeddedEngine:
        return EmbeddedEngine(self.folder)

    def index(self) -> EmbeddedIndex:
        return EmbeddedIndex(self.folder, now)

    def build(self, listings: Iterable[Listing], position: int = 1) -> Generation:
        index = self.index()
        with index.lock():
            draft = index.draft("f")
            draft.add(listings)
            draft.finish(position)
            promoted = index.promote(draft)
            index.reap()
        return promoted

    def apply(self, *changes: Change, position: int = 1) -> Applied:
        return self.index().apply(changes, position)

    def segments(self, generation: str) -> list[Path]:
        return sorted((self.folder / "generations" / generation).glob("*.seg"))


def corpus(count: int, seed: int = 1) -> list[Listing]:
    return Sampler(Random(seed)).listings(count)


def listing(number: int, location: int = 0, version: int = 1) -> Listing:
    """A listing that does not expire soon."""
    drawn = Sampler(Random(f"{number}-{location}-{version}")).listing(4 * number + 1, location, version)
    fields = {name: getattr(drawn, name) for name in Listing.__dataclass_fields__}
    return Listing(**{**fields, "expires_on": FAR})


def change(version: int, *listings: Listing) -> Change:
    return Change(listings[0].subject, version, listings)


def as_if_large(patch: pytest.MonkeyPatch) -> None:
    """Makes a few hundred listings take every path that hundreds of thousands take."""
    package = "directory.engines.embedded"
    patch.setattr(f"{package}.searching._SMALL", 0)
    patch.setattr(f"{package}.searching._CROWDED", 0)
    patch.setattr(f"{package}.ordering._RINGS_FROM", 0)
    patch.setattr(f"{package}.spill._KEEP_BYTES", 64)
    patch.setattr(f"{package}.builder._AT_ONCE", 7)
    patch.setattr(f"{package}.words._CHUNK", 64)
    patch.setattr(f"{package}.fields._REMEMBERED_ROWS", 3)
    patch.setattr(f"{package}.fields._READ_ROWS", 2)
    patch.setattr(f"{package}.fields._SUMMED_AT_ONCE", 2)
    patch.setattr(f"{package}.groups.MOST", 5)
    patch.setattr(f"{package}.groups.SUMMED_FROM", 2)
    patch.setattr(f"{package}.groups._AT_ONCE", 4)
    patch.setattr(f"{package}.edits.SMALL_BASE", 0)
    patch.setattr(f"{package}.draft._BATCH", 16)
    patch.setattr(f"{package}.matching._MANY", 0)
    patch.setattr(f"{package}.matching._LONG", 0)
    patch.setattr(f"{package}.geometry._BLOCK", 5)
