"""Counters of the rate limits in memory, without the thread that the library's own starts at every request."""

import threading
import time
from dataclasses import dataclass

from limits.storage import Storage

SCHEME = "counters"
MOST = 100_000
"""Clients that are remembered at once, about 20 MB: somebody with more addresses starts everybody anew."""


@dataclass(slots=True)
class _Window:
    ends: float
    count: int


class Counters(Storage):
    """Fixed windows that begin with a key's first count; times are in seconds since 1970."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - the library's own attribute

    def __init__(self, uri: str | None = None, **options: float | str | bool) -> None:
        super().__init__(uri)
        self._windows: dict[str, _Window] = {}
        self._lock = threading.Lock()

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        return ()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = time.time()
        with self._lock:
            window = self._windows.get(key)
            if window is None or window.ends <= now:
                self._make_room(now)
                window = self._windows[key] = _Window(now + expiry, 0)
            window.count += amount
            return window.count

    def get(self, key: str) -> int:
        window = self._windows.get(key)
        return window.count if window is not None and window.ends > time.time() else 0

    def get_expiry(self, key: str) -> float:
        window = self._windows.get(key)
        return time.time() if window is None else window.ends

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        with self._lock:
            forgotten = len(self._windows)
            self._windows.clear()
        return forgotten

    def clear(self, key: str) -> None:
        with self._lock:
            self._windows.pop(key, None)

    def _make_room(self, now: float) -> None:
        if len(self._windows) < MOST:
            return
        for key in [key for key, window in self._windows.items() if window.ends <= now]:
            del self._windows[key]
        if len(self._windows) >= MOST:
            self._windows.clear()
