"""Results merged: the newest of each row, in the suite's order, and what cannot be read named."""

from pathlib import Path

import pytest

from benchmarks.merge import LAST_RUN, newest, published, read, used
from benchmarks.report import Row
from tests.factories.results import row, written

EARLY, LATE = "2026-11-24T10:00:00+00:00", "2026-11-25T10:00:00+00:00"


def test_the_newest_of_the_same_row_counts_wherever_it_lies(tmp_path: Path) -> None:
    written(tmp_path / "million", "engines", row(ratio_p50=0.5), row("Q2", ratio_p50=0.3), at=EARLY)
    written(tmp_path, "engines", row(ratio_p50=0.2), at=LATE)
    sources, _ = read(tmp_path)
    entries = newest(sources, ())
    assert {entry.row.name: entry.row.ratio_p50 for entry in entries} == {"Q1": 0.2, "Q2": 0.3}
    assert {source.file for source in used(sources, entries)} == {"engines.json", "million/engines.json"}


def test_rows_of_other_sizes_and_peers_stand_beside_each_other(tmp_path: Path) -> None:
    written(tmp_path, "engines", row(), row(size=2_000), row(peer="elasticsearch"))
    assert len(newest(read(tmp_path)[0], ())) == 3


def test_a_file_without_any_row_of_the_newest_is_not_named(tmp_path: Path) -> None:
    written(tmp_path / "old", "engines", row(), at=EARLY)
    written(tmp_path, "engines", row(), at=LATE)
    sources, _ = read(tmp_path)
    assert set(published(newest(sources, ()), sources)["sources"]) == {"engines.json"}  # type: ignore[call-overload]


def test_benchmarks_come_in_the_suites_order_then_by_size(tmp_path: Path) -> None:
    for name in ("loading", "unknown", "engines"):
        written(tmp_path, name, row(size=2_000), row(size=1_000))
    found = [(entry.source.benchmark, entry.row.size) for entry in newest(read(tmp_path)[0], ("engines", "loading"))]
    assert found == [(name, size) for name in ("engines", "loading", "unknown") for size in (1_000, 2_000)]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('{"about": {"measured_at": "x"}, "rows": [{"name": "Q1"}]}', "missing required field `size`"),
        ('{"about": {"measured_at": "x"}, "rows": [{"name": 1}]}', "Expected `str`, got `int`"),
        ('{"about": {}, "rows": []}', "when it was measured"),
        ('{"rows": []}', "missing required field `about`"),
        ("{", "truncated"),
    ],
)
def test_what_is_no_result_is_named_and_the_rest_is_read(tmp_path: Path, content: str, why: str) -> None:
    written(tmp_path, "engines", row())
    (tmp_path / "http.json").write_text(content)
    sources, problems = read(tmp_path)
    assert [source.benchmark for source in sources] == ["engines"]
    assert len(problems) == 1
    assert "http.json" in problems[0]
    assert why in problems[0]


def test_the_record_of_the_last_run_is_no_result(tmp_path: Path) -> None:
    (tmp_path / LAST_RUN).write_text('{"began": "", "outcomes": []}')
    assert read(tmp_path) == ([], [])


def test_published_rows_have_the_fields_that_others_read(tmp_path: Path) -> None:
    written(tmp_path, "engines", row())
    sources, _ = read(tmp_path)
    (found,) = published(newest(sources, ()), sources)["rows"]  # type: ignore[misc]
    named = {"name", "size", "peer", "ours_ms_p50", "peer_ms_p50", "ratio_p50", "ratio_p99", "target_p50", "target_p99"}
    assert named | {"ratio_p50_least", "ratio_p50_most", "benchmark", "source"} <= set(found)


@pytest.mark.parametrize(
    ("changed", "missed", "behind"),
    [
        ({"ratio_p50": 0.5, "target_p50": 0.8}, [], False),
        ({"ratio_p50": 0.9, "target_p50": 0.8}, ["p50"], False),
        ({"ratio_p50": 1.2, "target_p50": None}, [], True),
        ({"ratio_p50": 0.7, "target_p50": 0.8, "ratio_p99": 0.3, "target_p99": 0.2}, ["p99"], False),
        ({"ratio_p50": 0.5, "target_p50": 0.8, "better": "higher"}, ["p50"], True),
        ({"ratio_p50": 0.9, "target_p50": 0.8, "better": "higher"}, [], True),
        ({"ratio_p50": 1.9, "target_p50": 1.8, "better": "higher"}, [], False),
    ],
)
def test_a_target_is_a_maximum_unless_higher_is_better(
    changed: dict[str, object], missed: list[str], behind: bool
) -> None:
    found = Row(**row(**changed))
    assert (found.missed(), found.behind()) == (missed, behind)
