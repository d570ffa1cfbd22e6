"""Splits a text into folded words that remember the characters they came from."""

import re
from dataclasses import dataclass
from enum import IntEnum

from directory.search.fold import fold

_APOSTROPHES = "'’ʼ`´"
_PIECE = re.compile(
    rf"\d+(?:[.,]\d+)?|[^\W\d_](?:[^\W\d_]|[\u0300-\u036f]|[{_APOSTROPHES}](?=[^\W\d_]))*|[^\s\w]+|\n",
)
_DROP = re.compile(f"[{_APOSTROPHES}]")
_ENDS = re.compile(r"[!?;\n]|(?<!\.)\.(?!\.)|[。！？]")
_SHORTENED = frozenset({"dr", "dra", "mr", "mrs", "ms", "sr", "sra", "st", "approx", "vs"})
"""Words whose full stop ends no sentence."""
_PAUSES = re.compile(r"[,:()\[\]–—…]|\.{2,}|-")


class Pause(IntEnum):
    """What stands before a word: nothing, a comma or the like, or the end of a sentence."""

    NONE = 0
    COMMA = 1
    SENTENCE = 2


@dataclass(frozen=True, slots=True)
class Token:
    """A folded word or number at `start` (inclusive) to `end` (exclusive) of the text."""

    word: str
    start: int
    end: int
    pause: Pause
    number: float | None = None


def tokens(text: str) -> tuple[Token, ...]:
    """Return the words and numbers of a text; punctuation only survives as pauses."""
    found: list[Token] = []
    pause = Pause.NONE
    for piece in _PIECE.finditer(text):
        token = _token(piece, pause)
        if token is None:
            shortened = bool(found) and piece[0] == "." and found[-1].word in _SHORTENED
            pause = pause if shortened else max(pause, _pause(piece[0], text, piece))
        else:
            found.append(token)
            pause = Pause.NONE
    return tuple(found)


def _token(piece: re.Match[str], pause: Pause) -> Token | None:
    raw = piece[0]
    if raw[0].isdecimal():
        return Token(raw, piece.start(), piece.end(), pause, _number(raw))
    if not raw[0].isalpha():
        return None
    word = _DROP.sub("", fold(raw))
    return Token(word, piece.start(), piece.end(), pause) if word else None


def _number(raw: str) -> float | None:
    try:
        return float(raw.replace(",", "."))
    except ValueError:
        return None


def _pause(raw: str, text: str, piece: re.Match[str]) -> Pause:
    if _ENDS.search(raw):
        return Pause.SENTENCE
    if raw == "-" and not _spaced(text, piece):
        return Pause.NONE
    return Pause.COMMA if _PAUSES.search(raw) else Pause.NONE


def _spaced(text: str, piece: re.Match[str]) -> bool:
    before = text[piece.start() - 1 : piece.start()]
    after = text[piece.end() : piece.end() + 1]
    return before.isspace() or after.isspace()
