"""Place names as keys: spelling variants of one name fold to one key, and the keys one typo away."""

import re
from collections.abc import Iterator

from directory.search.fold import fold

_APOSTROPHES = re.compile("['’‘ʻʼ`´]")
_INITIAL_DOT = re.compile(r"(?<=\b\w)\.(?=\w\b)")
_WORD = re.compile(r"[^\W_]+")
_WRAPPING = re.compile(r"^(?:the|city of) | (?:city|village|township|\(balance\))$", re.IGNORECASE)
_LETTERS = "abcdefghijklmnopqrstuvwxyz "
_FEWEST_LETTERS_FOR_A_TYPO = 4
_SPELLED_OUT = {
    "st": "saint",
    "ste": "sainte",
    "ft": "fort",
    "mt": "mount",
    "spg": "spring",
    "spgs": "springs",
    "hts": "heights",
    "bch": "beach",
    "jct": "junction",
    "twp": "township",
}
_DIRECTIONS = {"n": "north", "s": "south", "e": "east", "w": "west"}
_ABBREVIATIONS = frozenset({*_SPELLED_OUT, *_DIRECTIONS})


def words(text: str) -> list[str]:
    """The folded words of a place name: "St. Mary's, D.C." -> ["st", "marys", "dc"]."""
    if text.isascii() and text.replace(" ", "").isalnum():
        return text.lower().split()
    plain = text.lower() if text.isascii() else fold(fold(text))  # once leaves capitals in what decomposes to them
    return _WORD.findall(_APOSTROPHES.sub("", _INITIAL_DOT.sub("", plain)))


def key(text: str) -> str:
    """The key under which a place name is kept: "Ft. Worth" and "FORT WORTH" -> "fort worth".

    Abbreviations are those of USPS Publication 28 that stand in city names; a leading N, S, E or W is spelled out.
    """
    return " ".join(spelled_out(words(text)))


def spelled_out(parts: list[str]) -> list[str]:
    """Folded words with abbreviations spelled out."""
    if _ABBREVIATIONS.isdisjoint(parts):
        return parts
    full = [_SPELLED_OUT.get(part, part) for part in parts]
    if len(full) > 1:
        full[0] = _DIRECTIONS.get(full[0], full[0])
    return full


def shorter_names(name: str) -> tuple[str, ...]:
    """Keys of what a gazetteer's full name may be called: "The Bronx", "Lexington-Fayette", "New York City"."""
    bare = _WRAPPING.sub("", name)
    parts = [part.strip() for part in bare.split("/")] + [bare.partition("-")[0], _APOSTROPHES.sub(" ", name)]
    return tuple(dict.fromkeys(short for part in parts if (short := key(part)) and short != key(name)))


def one_typo_away(name: str) -> Iterator[str]:
    """Keys that differ by one insertion, deletion, substitution or adjacent swap; none for under four letters."""
    if len(name) < _FEWEST_LETTERS_FOR_A_TYPO:
        return
    for at in range(len(name) + 1):
        before, after = name[:at], name[at:]
        yield from (before + letter + after for letter in _LETTERS)
        if after:
            yield before + after[1:]
            yield from (before + letter + after[1:] for letter in _LETTERS)
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
