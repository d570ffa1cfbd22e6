"""Registry files that a spreadsheet has opened and saved: digits turned into numbers.

Postal codes and phones become floats ("60614.0"), leading zeros vanish ("2740" for 02740), and a long number may
come back as 1.23E+09, its digits gone. Such a file is recognised from its first rows and refused, or mended where
that is certain.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from indexer.sources.layout import Layout

SAMPLE = 500
"""Rows looked at to recognise a damaged file."""
_FLOAT = re.compile(r"([0-9]+)\.0*", re.ASCII)
_EXPONENT = re.compile(r"([0-9])(?:\.([0-9]+))?E\+?([0-9]+)", re.ASCII | re.IGNORECASE)
_NUMBERS = ("npi", "entity", "postal", "phone")


def _prefixes(*spans: tuple[str, int, int]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for state, first, last in spans:
        found.setdefault(state, set()).update(f"{number:03}" for number in range(first, last + 1))
    return {state: frozenset(numbers) for state, numbers in found.items()}


LEADING_ZERO = _prefixes(
    ("NY", 5, 5), ("PR", 6, 7), ("VI", 8, 8), ("PR", 9, 9), ("MA", 10, 27), ("RI", 28, 29), ("NH", 30, 38),
    ("ME", 39, 49), ("VT", 50, 59), ("MA", 55, 55), ("CT", 60, 69), ("NY", 63, 63), ("NJ", 70, 89),
)  # fmt: skip
"""State -> the first three digits of its ZIP codes that begin with 0 (USPS, Publication 65)."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What the first rows show: examples of numbers written as floats or exponents, and of lost leading zeros."""

    floats: tuple[str, ...] = ()
    zeros: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.floats or self.zeros)

    def __str__(self) -> str:
        floats = f"numbers instead of digits ({', '.join(self.floats)})" if self.floats else ""
        zeros = f"postal codes without their leading zero ({', '.join(self.zeros)})" if self.zeros else ""
        return " and ".join(part for part in (floats, zeros) if part)


def diagnose(rows: Iterable[Sequence[str]], layout: Layout) -> Damage:
    """Looks for a spreadsheet's traces in rows of the right width."""
    floats: list[str] = []
    lost: list[str] = []
    kept = 0
    for row in rows:
        values = [row[layout.index[name]].strip() for name in _NUMBERS]
        floats += [value for value in values if _FLOAT.fullmatch(value) or _EXPONENT.fullmatch(value)]
        state, postal = row[layout.index["state"]].strip().upper(), _digits(values[2])
        if state in LEADING_ZERO and len(postal) in (4, 8):
            lost.append(f"{values[2]} {state}")
        kept += postal.startswith("0")
    return Damage(_examples(floats), _examples(lost) if len(lost) > kept else ())


def _examples(values: Iterable[str]) -> tuple[str, ...]:
    """Three different ones, the longest first: they show best what happened."""
    return tuple(sorted(dict.fromkeys(values), key=len, reverse=True)[:3])


def mended(row: Sequence[str], layout: Layout) -> list[str]:
    """The row with its digits back where that is certain; the rest is left as it is, for the checks to refuse.

    A number in exponent form is mended only when it kept all its digits. A leading zero is put back only when the
    ZIP code then begins as those of the stated state do.
    """
    cells = list(row)
    for name in _NUMBERS:
        cells[layout.index[name]] = _digits(cells[layout.index[name]].strip())
    postal, state = layout.index["postal"], cells[layout.index["state"]].strip().upper()
    padded = "0" + cells[postal]
    if len(padded) in (5, 9) and padded[:3] in LEADING_ZERO.get(state, ()):
        cells[postal] = padded
    elif len(padded) in (4, 8) and f"0{padded}"[:3] in LEADING_ZERO.get(state, ()):
        cells[postal] = f"0{padded}"
    return cells


def _digits(value: str) -> str:
    if match := _FLOAT.fullmatch(value):
        return match[1]
    if match := _EXPONENT.fullmatch(value):
        mantissa = "".join(chain(match[1], match[2] or ""))
        return mantissa if len(mantissa) == int(match[3]) + 1 else value
    return value
