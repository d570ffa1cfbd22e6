"""The benchmark of the registry's further tables: it counts what it makes, and its rows say what was measured."""

import csv
from pathlib import Path

from benchmarks.processes import Cost
from benchmarks.tables import SPAN, WHOLE, Files, Round, made, rows_of
from indexer.further import KINDS
from indexer.sources.archive import Table, survey
from indexer.sources.columns import Stated, problem_of
from indexer.sources.dating import date_in_name, is_whole


def test_its_tables_are_whole_and_every_row_is_sound(tmp_path: Path) -> None:
    files = made(tmp_path, 2_000, 1)
    assert [survey(path).further[0].table for path in files.further] == list(Table)[1:]
    for path, rows in files.further.items():
        with path.open(encoding="utf-8", newline="") as file:
            assert sum(1 for _ in csv.reader(file)) - 1 == rows > 0
        table = survey(path).further[0].table
        with path.open("rb") as stream:
            numbered = list(KINDS[table].reader.numbered(stream, path.name))
        assert len(numbered) == rows
        assert not any(row.problem or problem_of(row.npi, ("2",)) for row in numbered)
        sound = [row for row in numbered if isinstance(KINDS[table].reader.finding(row), Stated)]
        assert len(sound) > (0 if table is Table.ENDPOINTS else 0.99 * rows)
        assert is_whole(path.name)
        assert date_in_name(path.name) is not None


def test_each_table_has_a_row_against_the_same_pass() -> None:
    further = {Path(f"{table}{SPAN}"): number for number, table in enumerate(list(Table)[1:], 10)}
    names = [*(path.name for path in further), WHOLE]
    rounds = [
        Round({name: Cost(4.0 * at, 3.0, 100.0 * at) for name in names}, {name: Cost(2.0, 1.0, 9.0) for name in names})
        for at in (1, 2, 3)
    ]
    rows = rows_of(rounds, Files(Path("main.csv"), 99, further))
    assert [(row.name, row.size) for row in rows] == [
        ("load of pl_pfile", 10), ("load of othername_pfile", 11), ("load of endpoint_pfile", 12), (WHOLE, 99),
    ]  # fmt: skip
    for row in rows:
        assert (row.ratio_p50, row.ratio_p50_least, row.ratio_p50_most) == (4.0, 2.0, 6.0)
        assert (row.ours_ms_p50, row.peer_ms_p50) == (8_000.0, 2_000.0)
        assert row.details == {"processor_ratio_p50": 3.0, "peak_mb": 300}
