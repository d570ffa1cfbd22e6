"""From a filled draft to the live generation: what changed meanwhile, a look at the counts, one switch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Any

from directory.domain.errors import EngineUnavailable, PromotionRefused
from directory.search.document import Making
from directory.search.index import Draft, Generation, Index, Refused
from directory.search.source import ListingSource
from indexer.changes import pending

FEWEST = 0.95
"""A new generation with fewer listings than this share of the live one is not promoted unasked."""
REFUSABLE = 0.001
"""Share of listings that an engine may refuse before the generation is not promoted unasked."""
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Filled:
    """A draft that holds everything as it was at a position, but for what it refused."""

    draft: Draft
    position: int
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """What went live in an engine, and what was live `before`. `replayed` counts changes made while it was filled,
    `refused` are all listings that were refused; `reaped` names what a crash had left."""

    engine: str
    generation: Generation
    before: Generation | None
    replayed: int
    refused: tuple[Refused, ...]
    reaped: tuple[str, ...]


@contextmanager
def removed_on_failure(index: Index, draft: Draft) -> Iterator[None]:
    """The live generation stays when anything fails, and the draft goes."""
    try:
        yield
    except BaseException:
        # The first error says what went wrong; that the draft could not be removed either adds nothing.
        with suppress(EngineUnavailable):
            index.discard(draft)
        raise


def publish(
    index: Index, fill: Callable[[], Filled], source: ListingSource, making: Making, *, force: bool
) -> Published:
    """Fills a draft, replays what changed meanwhile, compares counts with the live generation, and switches.

    For a caller that holds the index's lock; `fill` removes its draft when it fails. Raises PromotionRefused unless
    `force` is set.
    """
    reaped = index.reap()
    before = index.live()
    filled = fill()
    draft, position, refused, replayed = filled.draft, filled.position, filled.refused, 0
    with removed_on_failure(index, draft):
        for changes, reached in pending(position, source, making):
            refused += draft.apply(changes).refused
            replayed += len(changes)
            position = reached
        finished = draft.finish(position)
        if not force:
            _check(finished, before, refused)
        live = index.promote(draft)
    return Published(index.name, live, before, replayed, refused, (*reaped, *index.reap()))


def _check(new: Generation, old: Generation | None, refused: tuple[Refused, ...]) -> None:
    if old is not None and new.listings < FEWEST * old.listings:
        raise PromotionRefused(
            f"The new generation has {new.listings:,} listings, the live one {old.listings:,}: less than "
            f"{FEWEST:.0%}. The live one stays. If so many left rightly, run again with --force."
        )
    if len(refused) > REFUSABLE * max(new.listings, 1):
        examples = "; ".join(f"{item.id}: {item.reason}" for item in refused[:3])
        raise PromotionRefused(
            f"The engine refused {len(refused):,} listings ({examples}). The live generation stays. "
            "Mend what it refuses, or run again with --force to leave them out."
        )


def as_lines(done: Published) -> list[str]:
    """What went live, for people."""
    live = done.generation
    was = f", {done.before.listings:,} before" if done.before else ""
    complete = f"live as {live.name}, complete up to revision {live.position:,}"
    lines = [f"{done.engine}: {live.listings:,} listings{was}, {complete}"]
    if done.replayed:
        lines.append(f"  {done.replayed:,} changes made meanwhile are in it")
    if done.refused:
        lines.append(f"  {len(done.refused):,} listings were refused:")
        lines += [f"    {item.id}: {item.reason}" for item in done.refused[:_SHOWN]]
    if done.reaped:
        lines.append(f"  removed what earlier runs had left: {', '.join(done.reaped)}")
    return lines


def as_data(done: Published, **origin: Any) -> dict[str, Any]:
    """The same for programs, with where it came from."""
    return {**origin, **asdict(done)}
