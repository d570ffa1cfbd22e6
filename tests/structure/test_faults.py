"""Every fault that the directory promises to survive is injected by a test, and docs/faults.md names all of them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "faults.md"
NUMBERS = set(range(1, 41))


def marks() -> Iterator[tuple[int, str]]:
    """Fault number and file of each mark."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        name = path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield from ((number, name) for mark in node.decorator_list for number in numbers(mark))


def numbers(mark: ast.expr) -> list[int]:
    if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.fault":
        return [ast.literal_eval(argument) for argument in mark.args]
    return []


def rows() -> dict[int, set[str]]:
    """Fault number and the test files that its row names."""
    found = re.findall(r"^\| (\d+) \|(.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return {int(number): set(re.findall(r"tests/[\w/]+\.py", rest)) for number, rest in found}


def test_every_fault_is_injected_by_a_test() -> None:
    assert {number for number, _ in marks()} == NUMBERS


def test_the_page_names_the_tests_of_every_fault_and_no_others() -> None:
    found: dict[int, set[str]] = {}
    for number, name in marks():
        found.setdefault(number, set()).add(name)
    assert rows() == found
