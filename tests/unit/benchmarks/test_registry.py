"""Registry files for measuring: the official layout, sound numbers, nobody in them, the same for the same seed."""

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmarks import registry
from benchmarks.registry import Registry, header, npis
from directory.domain.npi import is_valid_npi, with_check_digit
from directory.vocabulary import load as load_vocabulary
from indexer.sources.layout import layout
from tests.factories.registry import header as official

ROWS = 4_000


@pytest.fixture(scope="module")
def full() -> list[dict[str, str]]:
    return [dict(zip(header(), row, strict=True)) for block in Registry(ROWS).full() for row in block]


@pytest.fixture(scope="module")
def week() -> list[dict[str, str]]:
    return [dict(zip(header(), row, strict=True)) for block in Registry(ROWS).week(1_000) for row in block]


def test_the_layout_is_the_official_one() -> None:
    assert header() == official()
    assert layout(header(), "x.csv").width == 330


def test_numbers_are_valid_unissued_and_each_there_once(full: list[dict[str, str]]) -> None:
    numbers = [row["NPI"] for row in full]
    assert len(set(numbers)) == len(numbers) == ROWS
    assert all(is_valid_npi(number, ("2",)) for number in numbers)


def test_check_digits_are_those_of_the_directory() -> None:
    serials = np.array([0, 1, 7, 99_999_999, 12_345_678])
    assert npis(serials) == [with_check_digit(number[:9]) for number in npis(serials)]


def test_every_serial_number_has_an_npi_of_its_own() -> None:
    assert np.gcd(registry._STRIDE, registry.SERIALS) == 1


def test_the_same_seed_gives_the_same_rows_and_another_gives_others() -> None:
    def rows(seed: int) -> list[object]:
        return [row for block in Registry(50, seed).full() for row in block]

    assert rows(1) == rows(1)
    assert rows(1) != rows(2)


def test_proportions_are_those_of_the_week(full: list[dict[str, str]]) -> None:
    model = registry._model()
    kinds = Counter(row["Entity Type Code"] for row in full)
    for place, kind in enumerate(("1", "2", "")):
        assert kinds[kind] / ROWS == pytest.approx(model["kinds"][place], abs=0.03)
    ours = frozenset(load_vocabulary().taxonomies)
    codes = [f"Healthcare Provider Taxonomy Code_{number}" for number in range(1, 16)]
    listed = sum(not ours.isdisjoint(row[code] for code in codes) for row in full)
    assert listed / ROWS == pytest.approx(0.147, abs=0.03)


def test_what_is_committed_describes_nobody() -> None:
    model = registry._model()
    for counted in model["taxonomies"].values():
        assert min(count for _, count in counted) >= registry.FEWEST * 1_000
    text = re.sub(r"[0-9]\.[0-9]+", "", registry.MODEL.read_text())
    assert not re.search(r"[0-9]{10}(?![0-9X])", text)


def test_a_deactivated_number_has_only_its_date(full: list[dict[str, str]]) -> None:
    gone = [row for row in full if not row["Entity Type Code"]]
    assert gone
    assert all({name for name, cell in row.items() if cell} == {"NPI", "NPI Deactivation Date"} for row in gone)


def test_the_week_after_has_new_changed_moved_gone_and_returned_numbers(
    full: list[dict[str, str]], week: list[dict[str, str]]
) -> None:
    held = {row["NPI"]: row for row in full}
    assert len({row["NPI"] for row in week}) == len(week) == 1_000
    fates = Counter(_fate(row, held.get(row["NPI"])) for row in week)
    assert fates["new"] == 400
    assert fates["returned"] == 30
    assert set(fates) == {"new", "changed", "moved", "gone", "returned"}
    assert fates["changed"] > fates["moved"] > fates["gone"] > 0


def _fate(row: dict[str, str], before: dict[str, str] | None) -> str:
    if before is None:
        return "new"
    if not row["Entity Type Code"]:
        return "gone"
    if not before["Entity Type Code"]:
        assert row["NPI Reactivation Date"]
        assert row["NPI Deactivation Date"] == before["NPI Deactivation Date"]
        return "returned"
    differs = {name for name in row if row[name] != before[name]}
    assert differs
    return "moved" if any("Location Address City" in name or "First Line" in name for name in differs) else "changed"


def test_too_many_changes_are_refused() -> None:
    with pytest.raises(ValueError, match="half"):
        list(Registry(100).week(60))


def test_reference_tables_are_about_numbers_of_the_registry(full: list[dict[str, str]]) -> None:
    known = {row["NPI"] for row in full}
    tables = {name: (columns, list(rows)) for name, columns, rows in Registry(ROWS).other_tables(np.arange(ROWS))}
    assert set(tables) == {"pl_pfile", "othername_pfile", "endpoint_pfile"}
    for columns, rows in tables.values():
        assert rows
        assert {row[0] for row in rows} <= known
        assert {len(row) for row in rows} == {len(columns)}


def test_every_cell_is_quoted(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    assert registry.write(path, header(), Registry(20).full()) == 20
    lines = path.read_text().splitlines()
    assert {line.count('","') for line in lines} == {329}
    assert {line.count('"') for line in lines} == {660}
