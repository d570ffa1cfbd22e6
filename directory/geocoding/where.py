"""The shapes a where-box text can have, taken apart without any gazetteer."""

import re

from directory.domain.place import STATES, Point
from directory.geocoding.names import key, spelled_out, words

_NUMBER = r"[+-]?\d{1,3}(?:\.\d+)?"
_POINT = re.compile(rf"\(?\s*({_NUMBER})\s*°?\s*[,;\s]\s*({_NUMBER})\s*°?\s*\)?", re.ASCII)
_ZIP = re.compile(r"(?<![\d-])(\d{5})(?:[-\s]?\d{4})?(?![\d-])", re.ASCII)
_COUNTRY = re.compile(r"[\s,]+(?:usa|u\.s\.a?\.?|united states(?: of america)?|ee\.? ?uu\.?)$", re.IGNORECASE)
ZIP_DIGITS = 5
_BEFORE = frozenset({"near", "in", "around", "by", "at", "greater", "downtown", "metro", "the", "en", "cerca", "de"})
_AFTER = frozenset({"area", "metro", "usa", "us", "region", "downtown", "vicinity"})
_LONGEST_STATE_NAME = 4


def point_in(text: str) -> Point | None:
    """The point of "41.88, -87.63", or None where the text is no pair of numbers.

    Raises InvalidInput for a pair that is no latitude and longitude.
    """
    match = _POINT.fullmatch(text.strip())
    if match is None or not ("." in text or "," in text):
        return None
    return Point(float(match[1]), float(match[2]))


def zip_in(text: str) -> str | None:
    """The five digits of the one ZIP code in a text, alone or behind a city; None where there is none, or two."""
    found = set(_ZIP.findall(text))
    return found.pop() if len(found) == 1 else None


def without_zip(text: str) -> str:
    """The text around its ZIP code."""
    return _ZIP.sub(" ", text).strip(" ,")


def without_country(text: str) -> str:
    """The text without "USA" at its end."""
    return _COUNTRY.sub("", text).strip(" ,")


def without_trimmings(text: str) -> str | None:
    """The text without words around a place ("greater boston area"), or None where there are none."""
    parts = words(text)
    kept = list(parts)
    while len(kept) > 1 and kept[0] in _BEFORE:
        kept.pop(0)
    while len(kept) > 1 and kept[-1] in _AFTER:
        kept.pop()
    return " ".join(kept) if kept != parts else None


def splits(text: str) -> list[tuple[str, str]]:
    """Ways to read a text as (city key, rest that may name a state), the longest rest first.

    A comma settles it: "Portland, ME" has one reading.
    """
    city, comma, rest = text.partition(",")
    if comma:
        return [(key(city), rest.strip())] if key(city) and key(rest) else []
    parts = words(text)
    longest = min(_LONGEST_STATE_NAME, len(parts) - 1)
    return [(" ".join(spelled_out(parts[:-n])), " ".join(parts[-n:])) for n in range(longest, 0, -1)]


def state_names() -> dict[str, str]:
    """Folded name or USPS code -> USPS code."""
    codes = {code.lower(): code for code in STATES}
    return codes | {" ".join(words(name)): code for code, name in STATES.items()}
