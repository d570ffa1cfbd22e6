"""The queue as it is shown: filtered, counted, with how long each has waited."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from directory.domain.application import ApplicationKind, State
from directory.registration.applications import QueueItem

SHOWN = (State.SUBMITTED, State.UNDER_REVIEW, State.MORE_INFORMATION, State.APPROVED, State.DECLINED)
WAITING = (State.SUBMITTED, State.UNDER_REVIEW)
LATE_DAYS = 5
"""Days after which a waiting application is marked as late."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the queue is shown. Nothing chosen means: what waits for a reviewer."""

    state: State | None = None
    kind: ApplicationKind | None = None
    evidence: str = ""

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> "Filters":
        """From the address; what is not understood filters nothing."""
        state, kind = parameters.get("state", ""), parameters.get("kind", "")
        evidence = parameters.get("evidence", "")
        return cls(
            State(state) if state in set(SHOWN) else None,
            ApplicationKind(kind) if kind in set(ApplicationKind) else None,
            evidence if evidence in {"failed", "unclear", "passed"} else "",
        )

    @property
    def states(self) -> tuple[State, ...]:
        return WAITING if self.state is None else (self.state,)

    def keep(self, item: QueueItem) -> bool:
        standing = "failed" if item.failed else "unclear" if item.unclear else "passed"
        return (self.kind is None or item.kind == self.kind) and self.evidence in ("", standing)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the queue. `days` is how long ago it was submitted."""

    item: QueueItem
    days: int

    @property
    def late(self) -> bool:
        return self.item.state in WAITING and self.days >= LATE_DAYS


def lines(items: Iterable[QueueItem], filters: Filters, now: datetime) -> tuple[Line, ...]:
    """The lines that the filters keep, in the order of the queue: oldest first."""
    return tuple(Line(item, (now - item.submitted_at).days) for item in items if filters.keep(item))
