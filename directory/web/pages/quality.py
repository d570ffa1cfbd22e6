"""The figures of the quality page: a table, and the same as bars."""

from collections.abc import Sequence
from dataclasses import dataclass

from directory.domain.evidence import Level
from directory.registration.quality import AGE_BANDS_DAYS, Quality
from directory.web.pages.edition import Edition

WIDTH = 600
"""Width of the picture in its own units: the length of the longest bar."""
_BANDS = (*AGE_BANDS_DAYS, None)
_LEVELS = (Level.REVIEWED, Level.PRACTICE, Level.REGISTRY)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar; `band` is 0 for the freshest."""

    x: float
    width: float
    band: int


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of check: how many listings of each age, and together."""

    name: str
    counts: tuple[str, ...]
    total: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything the page shows, in words and numbers of its language."""

    bands: tuple[str, ...]
    rows: tuple[Row, ...]
    reports: tuple[tuple[str, str], ...]
    as_of: str


class QualityPages:
    """The page in one language."""

    def __init__(self, edition: Edition) -> None:
        self._texts = edition.texts

    def page(self, quality: Quality) -> Figures:
        t = self._texts
        bands = tuple(t("quality.older") if days is None else t("quality.within", days=days) for days in _BANDS)
        counts = {level: [quality.listings.get((level, band), 0) for band in _BANDS] for level in _LEVELS}
        # One scale for all, so that the lengths of bars can be compared.
        scale = WIDTH / max(1, *(sum(row) for row in counts.values()))
        rows = tuple(self._row(level, row, scale) for level, row in counts.items())
        return Figures(bands, rows, self._reports(quality), t.date(quality.as_of))

    def _row(self, level: Level, counts: Sequence[int], scale: float) -> Row:
        number = self._texts.number
        shown = tuple(number(count) for count in counts)
        return Row(self._texts(f"value.level.{level.value}"), shown, number(sum(counts)), _segments(counts, scale))

    def _reports(self, quality: Quality) -> tuple[tuple[str, str], ...]:
        t, oldest, median = self._texts, quality.oldest_report_days, quality.median_days_to_mend
        return (
            (t("quality.open"), t.number(quality.open_reports)),
            (t("quality.overdue"), t.number(quality.overdue_reports)),
            (t("quality.oldest"), t("quality.none") if oldest is None else t("quality.days", count=oldest)),
            (t("quality.settled"), t.number(quality.settled_in_a_year)),
            (t("quality.median"), t("quality.unknown") if median is None else self._days(median)),
        )

    def _days(self, days: float) -> str:
        """Half days count: "1.5 days"."""
        whole = self._texts("quality.days", count=2).partition(" ")[2]
        return f"{days:g} {whole}" if days != 1 else self._texts("quality.days", count=1)


def _segments(counts: Sequence[int], scale: float) -> tuple[Segment, ...]:
    found, x = [], 0.0
    for band, count in enumerate(counts):
        if count:
            found.append(Segment(round(x, 1), round(count * scale, 1), band))
        x += count * scale
    return tuple(found)
