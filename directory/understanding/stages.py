"""What comes after care that failed: how far along it was, and who usually comes next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from directory.understanding.tables import table

_BEST, _LEAST = 3, 1


@dataclass(frozen=True, slots=True)
class Stage:
    """`level` is how far along the failed care was, `levels` how far along each specialty is, and `steps` grades the
    specialties that usually come next."""

    level: int
    levels: Mapping[str, int]
    steps: Mapping[str, int]

    def fit(self, code: str, fits: Mapping[str, int]) -> int:
        """The fit 1..3 of a specialty that treats what the person has with `fits` (absent: it does not, usually)."""
        before, step = fits.get(code, 0), self.steps.get(code)
        if step is not None and self._belongs_to_others(fits):
            step = min(step, _BEST - 1 if before else _LEAST)
        if self.levels[code] <= self.level:
            return min(before, _LEAST) if step is None else step
        return max(before, step or 0)

    def _belongs_to_others(self, fits: Mapping[str, int]) -> bool:
        """Whether somebody further along treats it best and is no usual next step, as a rheumatologist treats
        ankylosing spondylitis: whoever comes next stays behind them."""
        return any(
            fit == _BEST and self.levels[code] > self.level and self.steps.get(code, 0) < _BEST
            for code, fit in fits.items()
        )


class Stages:
    """Reads next_steps.toml."""

    def __init__(self) -> None:
        data = table("next_steps.toml")
        self._after: Mapping[str, Mapping[str, int]] = data["after"]
        self._kinds: Mapping[str, int] = data["level"]["treatment"]
        self._specialties: Mapping[str, int] = data["level"]["specialty"]

    def after(self, kinds: Iterable[str]) -> Stage:
        """What comes after treatments of these kinds, at least one, have failed."""
        failed = sorted(set(kinds))
        level = max(self._kinds[kind] for kind in failed)
        steps: dict[str, int] = {}
        for kind in failed:
            if self._kinds[kind] == level:
                steps |= {code: max(fit, steps.get(code, 0)) for code, fit in self._after[kind].items()}
        return Stage(level, self._specialties, steps)
