"""A text as folded words that remember which characters they came from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from directory.search.fold import fold
from directory.understanding.tables import group

_MARK = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\u00ad\u200b-\u200d\u2060"
_LETTER = rf"[^\W_][{_MARK}]*"
_TOKEN = re.compile(rf"\d+(?:[.,]\d+)+(?!\w)|(?:{_LETTER})+(?:['’ʼ`´](?:{_LETTER})+)*")
_BREAK = re.compile(r"[;!?\n]|\.(?=\s|$)|\.\.")
_ABBREVIATED = group("abbreviated")


@dataclass(frozen=True, slots=True)
class Token:
    """One word. `word` is folded letters and digits only ("Núñez's" -> "nunezs"); `start` and `end` are characters
    of the text, `raw` those characters, `gap` what stands between the word before and this one. `breaks` is True
    where a new sentence begins."""

    word: str
    start: int
    end: int
    raw: str
    gap: str
    breaks: bool

    @property
    def follows_comma(self) -> bool:
        return "," in self.gap

    @property
    def capitalised(self) -> bool:
        return self.raw[:1].isupper()


def tokenize(text: str) -> tuple[Token, ...]:
    """The words of any text, in order. Numbers keep their point ("2.5"); what folds to nothing is no word."""
    tokens: list[Token] = []
    last = 0
    for match in _TOKEN.finditer(text):
        word = folded_word(match[0])
        if word:
            gap = text[last : match.start()]
            tokens.append(Token(word, match.start(), match.end(), match[0], gap, _breaks(gap, tokens)))
            last = match.end()
    return tuple(tokens)


def _breaks(gap: str, before: Sequence[Token]) -> bool:
    abbreviated = gap.strip() == "." and bool(before) and before[-1].word in _ABBREVIATED
    return not abbreviated and bool(_BREAK.search(gap))


def folded_word(raw: str) -> str:
    """One word as it is compared: case, accents, apostrophes and invisible characters away."""
    if raw.isascii() and raw.isalnum():
        return raw.lower()
    number = raw.replace(".", "").replace(",", "").isdecimal()
    kept = ".," if number else ""
    return "".join(letter for letter in fold(raw) if letter.isalnum() or letter in kept)


def words_of(text: str) -> tuple[str, ...]:
    """The folded words alone."""
    return tuple(token.word for token in tokenize(text))
