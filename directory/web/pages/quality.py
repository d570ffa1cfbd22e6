"""The figures of the quality page: a table, and the same as bars."""

from collections.abc import Mapping
from dataclasses import dataclass

from directory.domain.evidence import Level
from directory.registration.quality import AGE_BANDS_DAYS, Quality
from directory.web.pages.edition import Edition

WIDTH, ROW, BAR = 600, 44, 26
"""Size of the picture in its own units: its width, the height of a row, the thickness of a bar."""
_BANDS = (*AGE_BANDS_DAYS, None)
_LEVELS = (Level.REVIEWED, Level.PRACTICE, Level.REGISTRY)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar; `band` is 0 for the freshest."""

    x: float
    y: float
    width: float
    band: int


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of check: how many listings of each age, and together."""

    name: str
    counts: tuple[str, ...]
    total: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything the page shows, in words and numbers of its language."""

    bands: tuple[str, ...]
    rows: tuple[Row, ...]
    segments: tuple[Segment, ...]
    height: int
    reports: tuple[tuple[str, str], ...]
    as_of: str


class QualityPages:
    """The page in one language."""

    def __init__(self, edition: Edition) -> None:
        self._texts = edition.texts

    def page(self, quality: Quality) -> Figures:
        t = self._texts
        bands = tuple(t("quality.older") if days is None else t("quality.within", days=days) for days in _BANDS)
        rows = tuple(self._row(quality.listings, level) for level in _LEVELS)
        return Figures(
            bands, rows, _segments(quality.listings), ROW * len(_LEVELS), self._reports(quality), t.date(quality.as_of)
        )

    def _row(self, listings: Mapping[tuple[Level, int | None], int], level: Level) -> Row:
        counts = [listings.get((level, band), 0) for band in _BANDS]
        shown = tuple(self._texts.number(count) for count in counts)
        return Row(self._texts(f"value.level.{level.value}"), shown, self._texts.number(sum(counts)))

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


def _segments(listings: Mapping[tuple[Level, int | None], int]) -> tuple[Segment, ...]:
    """Bars to one scale, so that their lengths can be compared."""
    totals = {level: sum(listings.get((level, band), 0) for band in _BANDS) for level in _LEVELS}
    scale = WIDTH / max(*totals.values(), 1)
    found = []
    for row, level in enumerate(_LEVELS):
        x = 0.0
        for place, band in enumerate(_BANDS):
            width = listings.get((level, band), 0) * scale
            if width:
                found.append(Segment(round(x, 1), row * ROW + (ROW - BAR) / 2, round(width, 1), place))
            x += width
    return tuple(found)
