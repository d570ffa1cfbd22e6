"""What the security documents point at is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_file_that_the_assessment_names_exists() -> None:
    named = set(re.findall(r"`((?:tests|directory|\.ci)/[\w./-]+)`", (ROOT / "docs/asvs.md").read_text("utf-8")))
    assert len(named) > 25
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_each_requirement_is_judged_once() -> None:
    rows = [line for line in (ROOT / "docs/asvs.md").read_text("utf-8").splitlines() if re.match(r"\| \d", line)]
    numbers = [number for row in rows for number in _numbers(row.split("|")[1])]
    assert [number for number in set(numbers) if numbers.count(number) > 1] == []


def _numbers(text: str) -> list[str]:
    """ "6.2.1–6.2.3" as its three numbers."""
    found = []
    for first, last in re.findall(r"(\d+\.\d+\.\d+)(?:–(\d+\.\d+\.\d+))?", text):
        stem, _, start = first.rpartition(".")
        end = int(last.rpartition(".")[2]) if last else int(start)
        found += [f"{stem}.{number}" for number in range(int(start), end + 1)]
    return found
