"""Plots: the same bytes for the same numbers, described in words, in both schemes of colour."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import plots
from benchmarks.merge import newest, read
from tests.factories.results import row, written

SVG = "{http://www.w3.org/2000/svg}"
CURVE = {"name": "load", "x": "seconds", "y": "resident MB", "points": [[0, 1.0], [1, 80.0], [2, 60.0]]}


@pytest.fixture
def drawn(tmp_path: Path) -> tuple[Path, list[plots.Plot]]:
    sizes = ((1_000, 1.0, 2.0), (10_000, 10.0, 4.0), (100_000, 100.0, 8.0))
    rows = [row(size=size, ours_ms_p50=ours, peer_ms_p50=peer) for size, ours, peer in sizes]
    written(tmp_path / "results", "engines", *rows, curves=[CURVE])
    sources, _ = read(tmp_path / "results")
    folder = tmp_path / "plots"
    return folder, plots.write(folder, newest(sources, ()), sources)


def test_growth_is_the_slope_on_logarithmic_axes(tmp_path: Path) -> None:
    sizes = ((1_000, 1.0, 2.0), (100_000, 100.0, 20.0))
    written(tmp_path, "engines", *(row(size=size, ours_ms_p50=ours, peer_ms_p50=peer) for size, ours, peer in sizes))
    (found,) = plots.growths(newest(read(tmp_path)[0], ()))
    assert [(series.label, round(series.exponent, 6)) for series in found.series] == [("ours", 1.0), ("scan", 0.5)]
    assert found.words() == "Q1: ours from 1 ms at 1,000 to 100 ms at 100,000, exponent 1.00 (scan 0.50)"


def test_one_size_or_another_unit_or_a_budget_is_no_growth(tmp_path: Path) -> None:
    rates = [row("rate", size=size, unit="per s") for size in (1, 2)]
    budgets = [row("wait", size=size, peer="budget of 5 ms") for size in (1, 2)]
    written(tmp_path, "http", row(), *rates, *budgets)
    (found,) = plots.growths(newest(read(tmp_path)[0], ()))
    assert [series.label for series in found.series] == ["ours"]


def test_every_plot_is_a_file_that_says_what_it_shows(drawn: tuple[Path, list[plots.Plot]]) -> None:
    folder, found = drawn
    assert {plot.file for plot in found} == {path.name for path in folder.iterdir()}
    assert {plot.file for plot in found} == {"targets.svg", "growth-engines.svg", "engines-resident-mb.svg"}
    for plot in found:
        root = ElementTree.parse(folder / plot.file).getroot()
        assert root.get("role") == "img"
        assert root.findtext(f"{SVG}title") == plot.title
        assert plot.title in plot.alt
    assert "load reaches 80" in next(plot.alt for plot in found if "resident" in plot.file)


def test_the_same_numbers_make_the_same_bytes(drawn: tuple[Path, list[plots.Plot]], tmp_path: Path) -> None:
    folder, _ = drawn
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    sources, _problems = read(tmp_path / "results")
    plots.write(folder, newest(sources, ()), sources)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_every_colour_drawn_has_one_for_dark_pages(drawn: tuple[Path, list[plots.Plot]]) -> None:
    folder, _ = drawn
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        style = text[text.index("<style>") : text.index("</style>")]
        assert "prefers-color-scheme:dark" in style
        for kind, colour in re.findall(r'style="[^"]*?\b(fill|stroke): (#[0-9a-f]{6})', text):
            assert f'[style*="{kind}: {colour}"]' in style


def test_a_plot_of_an_earlier_run_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "plots"
    folder.mkdir()
    (folder / "growth-gone.svg").write_text("<svg/>")
    assert plots.write(folder, [], []) == []
    assert list(folder.iterdir()) == []
