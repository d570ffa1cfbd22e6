"""Plots of the results as SVG, the same bytes for the same numbers, readable on light and on dark pages.

Each plot comes with a text that says what it shows, for those who do not see it.
"""

import io
import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from benchmarks.merge import Entry, Source
from benchmarks.report import Curve, amount

_LIGHT = {
    "paper": "#ffffff",
    "ink": "#1f2328",
    "faint": "#d1d9e0",
    "ours": "#0a58ca",
    "peer 1": "#b35900",
    "peer 2": "#1a7f37",
    "peer 3": "#8250df",
    "peer 4": "#bf3989",
}
_DARK = {
    "paper": "#0d1117",
    "ink": "#e6edf3",
    "faint": "#3d444d",
    "ours": "#58a6ff",
    "peer 1": "#f0883e",
    "peer 2": "#56d364",
    "peer 3": "#bc8cff",
    "peer 4": "#f778ba",
}
_MARKS = "osD^v"
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "benchmarks",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.0,
    "figure.facecolor": _LIGHT["paper"],
    "axes.facecolor": _LIGHT["paper"],
    "axes.edgecolor": _LIGHT["ink"],
    "axes.labelcolor": _LIGHT["ink"],
    "axes.titlecolor": _LIGHT["ink"],
    "axes.titlesize": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": _LIGHT["ink"],
    "xtick.color": _LIGHT["ink"],
    "ytick.color": _LIGHT["ink"],
    "grid.color": _LIGHT["faint"],
    "axes.grid": True,
    "axes.axisbelow": True,
    "legend.frameon": False,
}
_PANEL_WIDTH, _PANEL_HEIGHT, _PANELS_A_LINE = 3.4, 2.7, 3
"""Inches, at 72 points each."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A file in the folder of plots, and what it shows in words."""

    file: str
    title: str
    alt: str


@dataclass(frozen=True, slots=True)
class Series:
    """How long one side took at each size, smallest first: (size, milliseconds)."""

    label: str
    points: tuple[tuple[float, float], ...]

    @property
    def exponent(self) -> float:
        """The slope on logarithmic axes: 1 where time grows as the size does, 0 where it does not grow."""
        sizes, times = np.log(self.points).T
        return float(np.polyfit(sizes, times, 1)[0])


@dataclass(frozen=True, slots=True)
class Growth:
    """One measured thing at several sizes: our side first, then its peers."""

    benchmark: str
    name: str
    what: str
    series: tuple[Series, ...]

    def words(self) -> str:
        """Ours from the least size to the most, and how it grows beside the peers."""
        ours, *peers = self.series
        (least, first), (most, last) = ours.points[0], ours.points[-1]
        slopes = ", ".join(f"{peer.label} {peer.exponent:.2f}" for peer in peers)
        path = f"from {amount(first)} ms at {amount(least)} to {amount(last)} ms at {amount(most)}"
        return f"{self.name}: ours {path}, exponent {ours.exponent:.2f}{f' ({slopes})' if slopes else ''}"


@contextmanager
def _styled() -> Iterator[None]:
    """Our style, whatever the user's own settings of the library are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        yield


def growths(entries: Iterable[Entry]) -> list[Growth]:
    """What was measured in milliseconds at two sizes or more."""
    groups: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        if entry.row.unit == "ms":
            groups.setdefault((entry.source.benchmark, entry.row.name), []).append(entry)
    return [_growth(*key, group) for key, group in sorted(groups.items()) if len(_sizes(group)) > 1]


def _sizes(group: Iterable[Entry]) -> set[int]:
    return {entry.row.size for entry in group}


def _growth(benchmark: str, name: str, group: Sequence[Entry]) -> Growth:
    peers = {entry.row.peer: None for entry in group if not entry.row.peer.startswith("budget")}
    ours = Series("ours", _points((entry.row.size, entry.row.ours_ms_p50) for entry in group))
    others = [
        Series(peer, _points((entry.row.size, entry.row.peer_ms_p50) for entry in group if entry.row.peer == peer))
        for peer in peers
    ]
    what = next((entry.row.what for entry in group if entry.row.what), "")
    return Growth(benchmark, name, what, (ours, *(series for series in others if len(series.points) > 1)))


def _points(pairs: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """One point a size: where it was measured against several peers, the last."""
    return tuple(sorted(dict(pairs).items()))


def write(folder: Path, entries: Sequence[Entry], sources: Iterable[Source]) -> list[Plot]:
    """Draws everything anew in a folder of SVG files, and removes plots of earlier runs from it."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    drawn = [*_targets(entries), *_growth_plots(growths(entries)), *_curves(sources)]
    for plot, figure in drawn:
        (folder / plot.file).write_text(_svg(figure, plot), encoding="utf-8")
    return [plot for plot, _ in drawn]


def _growth_plots(found: Iterable[Growth]) -> Iterator[tuple[Plot, Figure]]:
    for benchmark, group in itertools.groupby(found, key=lambda growth: growth.benchmark):
        panels = list(group)
        title = f"{benchmark}: milliseconds (p50) by size, both axes logarithmic"
        alt = f"{title}. " + ". ".join(panel.words() for panel in panels) + "."
        yield Plot(f"growth-{_slug(benchmark)}.svg", title, alt), _growth_figure(panels)


def _growth_figure(panels: Sequence[Growth]) -> Figure:
    with _styled():
        columns = min(_PANELS_A_LINE, len(panels))
        lines = math.ceil(len(panels) / columns)
        figure = Figure(figsize=(_PANEL_WIDTH * columns, _PANEL_HEIGHT * lines + 0.5), layout="constrained")
        grid = figure.subplots(lines, columns, squeeze=False, sharex=True, sharey=True)
        colours = _colours(panels)
        for axes, panel in zip(grid.flat, panels, strict=False):
            _draw_growth(axes, panel, colours)
        _scale(grid[0, 0], panels)
        for axes in grid[:, 0]:
            axes.set_ylabel("ms")
        for axes in grid.flat[len(panels) :]:
            axes.set_axis_off()
        _legend(figure)
        return figure


def _legend(figure: Figure) -> None:
    """One for all panels, below them; lines without a name, such as a target's, stay out of it."""
    lines = [line for axes in figure.axes for line in axes.get_lines()]
    named = {str(line.get_label()): line for line in lines if not str(line.get_label()).startswith("_")}
    figure.legend(named.values(), named.keys(), loc="outside lower center", ncols=len(named))


def _colours(panels: Iterable[Growth]) -> dict[str, tuple[str, str]]:
    """The same colour and mark for the same side in every panel."""
    labels = {series.label: None for panel in panels for series in panel.series}
    return dict(zip(labels, itertools.cycle(_looks()), strict=False))


def _looks() -> list[tuple[str, str]]:
    names = [name for name in _LIGHT if name == "ours" or name.startswith("peer")]
    return [(_LIGHT[name], mark) for name, mark in zip(names, _MARKS, strict=True)]


def _draw_growth(axes: Axes, panel: Growth, colours: Mapping[str, tuple[str, str]]) -> None:
    for series in panel.series:
        colour, mark = colours[series.label]
        width = 2.0 if series.label == "ours" else 1.2
        axes.plot(
            *zip(*series.points, strict=True),
            color=colour,
            marker=mark,
            markersize=4,
            linewidth=width,
            label=series.label,
        )
    axes.set_title(_wrapped(f"{panel.name}: {panel.what}" if panel.what else panel.name), loc="left")


def _scale(axes: Axes, panels: Iterable[Growth]) -> None:
    """Logarithmic axes for all panels: the sizes that were measured, and whole powers of ten of a millisecond."""
    points = [point for panel in panels for series in panel.series for point in series.points]
    sizes, times = sorted({size for size, _ in points}), [math.log10(time) for _, time in points]
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.minorticks_off()
    axes.set_xticks(sizes, [_short(size) for size in sizes])
    axes.set_ylim(10 ** math.floor(min(times)), 10 ** math.ceil(max(times)))
    axes.yaxis.set_major_formatter(lambda value, _at: f"{value:g}")


def _targets(entries: Iterable[Entry]) -> Iterator[tuple[Plot, Figure]]:
    aimed = [entry for entry in entries if entry.row.shares()]
    if not aimed:
        return
    aimed.sort(key=_worst, reverse=True)
    title = "Each ratio as a share of its target: left of the line met, right of it missed"
    missed = [_label(entry) for entry in aimed if entry.row.missed()]
    alt = f"{title}. {len(aimed) - len(missed)} of {len(aimed)} met. Missed: {'; '.join(missed) or 'none'}."
    yield Plot("targets.svg", title, alt), _targets_figure(aimed)


def _worst(entry: Entry) -> float:
    return max(share for _, share in entry.row.shares())


def _label(entry: Entry) -> str:
    row = entry.row
    name = row.name if row.name.startswith(entry.source.benchmark) else f"{entry.source.benchmark}: {row.name}"
    return f"{name} at {_short(row.size)} / {row.peer}"


def _targets_figure(aimed: Sequence[Entry]) -> Figure:
    with _styled():
        figure = Figure(figsize=(9.5, 0.24 * len(aimed) + 1.0), layout="constrained")
        axes = figure.subplots()
        for at, entry in enumerate(aimed):
            for name, share in entry.row.shares():
                colour, mark = (_LIGHT["ours"], "o") if name == "p50" else (_LIGHT["peer 1"], "D")
                axes.plot([share], [at], color=colour, marker=mark, markersize=5, linestyle="none", label=name)
        axes.axvline(1, color=_LIGHT["ink"], linewidth=1.2)
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(base=2, numticks=24))
        axes.xaxis.set_major_formatter(lambda value, _at: f"{value:g} ×" if value >= 1 else f"1/{1 / value:g}")
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_yticks(range(len(aimed)), [_label(entry) for entry in aimed])
        axes.set_ylim(len(aimed) - 0.5, -0.5)
        _legend(figure)
        return figure


def _curves(sources: Iterable[Source]) -> Iterator[tuple[Plot, Figure]]:
    for source in sources:
        for axes_of, group in itertools.groupby(source.written.curves, key=lambda curve: (curve.x, curve.y)):
            curves = [curve for curve in group if curve.points]
            if curves:
                yield _curve_plot(source, axes_of, curves)


def _curve_plot(source: Source, axes_of: tuple[str, str], curves: Sequence[Curve]) -> tuple[Plot, Figure]:
    title = f"{source.benchmark}: {axes_of[1]} by {axes_of[0]}"
    peaks = [f"{curve.name} reaches {amount(max(y for _, y in curve.points))}" for curve in curves]
    file = f"{_slug(source.file.removesuffix('.json'))}-{_slug(axes_of[1])}.svg"
    with _styled():
        figure = Figure(figsize=(7.0, 3.2), layout="constrained")
        axes = figure.subplots()
        for curve, (colour, _mark) in zip(curves, itertools.cycle(_looks()), strict=False):
            axes.plot(*zip(*curve.points, strict=True), color=colour, linewidth=1.5, label=curve.name)
        axes.set(xlabel=axes_of[0], ylabel=axes_of[1], ylim=(0, None))
        axes.xaxis.set_major_formatter(lambda value, _at: f"{value:,.10g}")
        axes.yaxis.set_major_formatter(lambda value, _at: f"{value:,.10g}")
        _legend(figure)
    return Plot(file, title, f"{title}. {'; '.join(peaks)}."), figure


def _svg(figure: Figure, plot: Plot) -> str:
    out = io.StringIO()
    with _styled():
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    drawing = out.getvalue()
    drawing = drawing[drawing.index("<svg ") :]
    # The reader's own font: ours may not be there, and an SVG in a page loads none.
    drawing = re.sub(r"(font(?:-family)?: [^;\"]*)'DejaVu Sans'[^;\"]*", r"\1system-ui, sans-serif", drawing)
    head, body = drawing.split(">", 1)
    named = f'{head} role="img"><title>{_escaped(plot.title)}</title><style>{_dark_rules()}</style>{body}'
    return "\n".join(line.rstrip() for line in named.splitlines()) + "\n"


def _dark_rules() -> str:
    """Colours for those whose system is dark; every other viewer shows the light ones of the drawing itself."""
    rules = [
        f'[style*="{kind}: {_LIGHT[name]}"]{{{kind}:{_DARK[name]}!important}}'
        for name in _LIGHT
        for kind in ("fill", "stroke")
    ]
    return f"@media (prefers-color-scheme:dark){{{''.join(rules)}}}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _short(size: float) -> str:
    """10 k, 1 M."""
    for unit, name in ((1_000_000, " M"), (1_000, " k")):
        if size >= unit:
            return f"{size / unit:.3g}{name}"
    return f"{size:g}"


def _wrapped(title: str, width: int = 40) -> str:
    words, lines = title.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)
