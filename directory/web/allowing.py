"""How much one client may ask: counted before Flask, since it is done for every request, also for those turned away."""

import time
from dataclasses import dataclass

from limits import parse_many

from directory.domain.errors import InvalidInput
from directory.web.counting import Counters

_UNCOUNTED = frozenset({"/favicon.ico", "/healthz", "/readyz", "/metrics"})
_FILES = "/static/"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a client may still ask by its tightest limit. `limit` says that in words, `resets_at` is in Unix time."""

    limit: str
    amount: int
    left: int
    resets_at: int

    @property
    def used_up(self) -> bool:
        return self.left < 0

    def headers(self) -> list[tuple[str, str]]:
        told = [
            ("X-RateLimit-Limit", str(self.amount)),
            ("X-RateLimit-Remaining", str(max(0, self.left))),
            ("X-RateLimit-Reset", str(self.resets_at)),
        ]
        if self.used_up:
            told.append(("Retry-After", str(max(1, self.resets_at - int(time.time())))))
        return told


class Allowing:
    """Counts requests by client. `limits` is in Flask-Limiter's notation: "120 per minute; 2000 per hour"."""

    def __init__(self, limits: str) -> None:
        try:
            parsed = sorted(parse_many(limits), key=lambda item: item.get_expiry())
        except ValueError as error:
            message = f"“{limits}” is no limit of requests: write it as “120 per minute; 2000 per hour”."
            raise InvalidInput(message, field="rate_limit") from error
        self._limits = [(str(item), item.amount, item.get_expiry()) for item in parsed]
        self._counters = Counters()

    def take(self, client: str) -> Allowance:
        """Counts one request of the client, by the shorter limits first: what one refuses the longer do not count."""
        taken: list[Allowance] = []
        for limit in self._limits:
            taken.append(self._taken(client, *limit))
            if taken[-1].used_up:
                break
        return min(taken, key=lambda item: item.left)

    def _taken(self, client: str, limit: str, amount: int, seconds: int) -> Allowance:
        key = f"{limit}/{client}"
        left = amount - self._counters.incr(key, seconds)
        return Allowance(limit, amount, left, int(self._counters.get_expiry(key)) + 1)


def is_counted(path: str) -> bool:
    """Not the checks of operators, nor the files of pages: a page that was allowed must not lack its style."""
    return path not in _UNCOUNTED and not path.startswith(_FILES)
