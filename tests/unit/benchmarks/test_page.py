"""The page: what is lost stands first and is computed, reasons beside it, and every number with its spread."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.floors import Floor, compare
from benchmarks.merge import newest, read
from benchmarks.page import REASONS, Everything, Outcome, Reason, load_reasons, page
from benchmarks.plots import Plot, growths
from tests.factories.results import row, written

MET = row("met")
LITTLE = row("little", ratio_p50=0.9)
FAR = row("far", ratio_p50=4.0, ratio_p50_least=3.5, ratio_p50_most=4.5)
RATE = row("rate per s", ratio_p50=0.2, target_p50=0.3, unit="rate per s", better="higher")
BEHIND = row("behind", ratio_p50=3.0, target_p50=None)


def everything(folder: Path, *rows: dict[str, Any], **parts: Any) -> Everything:
    written(folder, "engines", *rows)
    sources, problems = read(folder)
    entries = newest(sources, ())
    empty: dict[str, Any] = {
        "plots": [],
        "growths": growths(entries),
        "outcomes": [],
        "floors": [],
        "reasons": [],
        "problems": problems,
    }
    return Everything(entries, sources, **(empty | parts))


def section(text: str, title: str) -> str:
    return text.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def test_what_missed_its_target_comes_first_the_farthest_at_the_top(tmp_path: Path) -> None:
    lost = section(page(everything(tmp_path, MET, LITTLE, FAR, RATE, BEHIND), "plots"), "Where we lose")
    assert "Of 4 rows with a target, 3 missed it." in lost
    order = [lost.index(f"| {name} |") for name in ("far", "rate per s", "little", "behind")]
    assert order == sorted(order)
    assert [
        line for line in lost.splitlines() if line.endswith("| met |") and not line.startswith("| benchmark |")
    ] == []


def test_nothing_lost_is_said_too(tmp_path: Path) -> None:
    lost = section(page(everything(tmp_path, MET), "plots"), "Where we lose")
    assert "Of 1 rows with a target, 0 missed it." in lost
    assert "**missed**" not in lost


def test_a_missed_target_has_its_reason_or_says_that_there_is_none(tmp_path: Path) -> None:
    reasons = [Reason("engines", ["far"], "It reads twice.\n"), Reason("engines", ["little"], "Other.", size=5)]
    lost = section(page(everything(tmp_path, LITTLE, FAR, reasons=reasons), "plots"), "Where we lose")
    assert "- **engines: far.** It reads twice." in lost
    assert "- **engines: little.** Nobody has written down why yet" in lost


def test_a_row_shows_its_ratio_its_spread_and_its_target(tmp_path: Path) -> None:
    text = section(page(everything(tmp_path, FAR, RATE), "plots"), "Everything measured")
    assert "| far | 1,000 | scan | 1 ms | 2 ms | **4** (3.5 to 4.5) |  | ≤ 0.8 | **missed** (p50) |" in text
    assert "| rate per s | 1,000 | scan | 1 per s | 2 per s | **0.2** (0.4 to 0.6) (higher is better) |" in text
    assert "≥ 0.3" in text
    assert "- About engines." in text


def test_long_times_are_shown_in_seconds(tmp_path: Path) -> None:
    assert "| 21.2 s |" in page(everything(tmp_path, row(ours_ms_p50=21_190.0)), "plots")


def test_machine_versions_and_command_stand_on_the_page(tmp_path: Path) -> None:
    how = section(page(everything(tmp_path, MET), "plots"), "How it was measured")
    assert "- 2 CPUs, x86_64, Linux" in how
    assert "| engines.json | 2026-11-25 10:00 | 0.1 0.2 0.3 | python 3.11.7 | `python -m benchmarks.made` |" in how


def test_plots_carry_their_text(tmp_path: Path) -> None:
    plot = Plot("growth-engines.svg", "Growth", "Growth. Q1: [ours] from 1 to 2.")
    rows = [row(size=size, ours_ms_p50=size / 1_000) for size in (1_000, 10_000)]
    growing = [Reason("engines", ["Q1, growth"], "It reads all.")]
    text = page(everything(tmp_path, *rows, plots=[plot], reasons=growing), "plots")
    assert "![Growth. Q1: (ours) from 1 to 2.](plots/growth-engines.svg)" in text
    assert "| engines | Q1 | 1,000, 10,000 | 1.00 | scan 0.00 | It reads all. |" in text


def test_linear_growth_asks_for_its_reason(tmp_path: Path) -> None:
    linear = [row("linear", size=size, ours_ms_p50=size / 1_000) for size in (1_000, 10_000)]
    flat = [row("flat", size=size) for size in (1_000, 10_000)]
    text = section(page(everything(tmp_path, *linear, *flat), "plots"), "Everything measured")
    growth = page(everything(tmp_path, *linear, *flat), "plots").split("## Everything measured")[0]
    assert "| 1.00 | scan 0.00 | Nobody has written down why yet" in growth
    assert "| engines | flat | 1,000, 10,000 | 0.00 | scan 0.00 |  |" in growth
    assert "Nobody" not in text


def test_the_last_run_names_what_failed_and_what_was_left_out(tmp_path: Path) -> None:
    outcomes = [
        Outcome("engines", "python -m benchmarks.engines", "done", 12.4),
        Outcome("http", "python -m benchmarks.http", "failed", 1.0, "exit code 1"),
    ]
    how = section(page(everything(tmp_path, MET, outcomes=outcomes), "plots"), "How it was measured")
    assert "| engines | `python -m benchmarks.engines` | done | 12 |" in how
    assert "| http | `python -m benchmarks.http` | failed: exit code 1 | 1 |" in how


def test_results_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "http.json").write_text("{")
    assert "- http.json is not a result" in page(everything(tmp_path, MET), "plots")


def test_floors_show_what_is_not_ok(tmp_path: Path) -> None:
    found = everything(tmp_path, row("Q1", ratio_p50=0.9), row("Q2"))
    floors = [Floor("engines", name, 1_000, "scan", 0.5, "lower", 0.2) for name in ("Q1", "Q2", "Q3")]
    compared = compare(floors, found.entries)
    text = section(page(everything(tmp_path, row("Q1", ratio_p50=0.9), row("Q2"), floors=compared), "plots"), "Floors")
    assert "1 ok" in text
    assert "| engines | Q1 | 1,000 | scan | 0.5 | ≤ 0.6 | 0.9 | worse |" in text
    assert "| engines | Q3 | 1,000 | scan | 0.5 | ≤ 0.6 |  | not measured |" in text
    assert "| Q2 |" not in text


def test_a_bar_in_a_name_does_not_break_the_table(tmp_path: Path) -> None:
    assert r"| a \| b |" in page(everything(tmp_path, row("a | b")), "plots")


def test_the_committed_reasons_are_readable() -> None:
    assert all(reason.why.strip() for reason in load_reasons(REASONS))


def test_a_reason_without_a_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "reasons.toml"
    path.write_text('[[reason]]\nbenchmark = "engines"\nnames = ["Q1"]\n')
    with pytest.raises(TypeError, match="why"):
        load_reasons(path)
