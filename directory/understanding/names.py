"""A person's or clinic's name: what stands behind a title, or remains when everything else is understood."""

import re
from collections.abc import Callable, Iterator, Sequence

from directory.understanding.lexicon import Concept
from directory.understanding.match import Match
from directory.understanding.parsed import Parsed
from directory.understanding.tables import group
from directory.understanding.tokens import Token
from directory.understanding.words import Words

_TITLES = group("titles")
_FULL_TITLES = group("full_titles")
_CREDENTIALS, _CLINICS, _PARTICLES = group("credentials"), group("clinic_words"), group("particles")
_PLAIN_GAP = re.compile(r"[ .'’&-]{1,3}")
_LONGEST = 4
_SHORTEST = 3
_PAIR = 2
_SCORE = 30.0
_NAME = (Concept("name", "titled"),)
_DEGREED = (Concept("name", "degreed"),)
_MAX_REMAINDER = 4


class NameReader:
    """Reads names. `single` holds the vocabulary's phrases of one word, `known` tells every word of its phrases."""

    def __init__(self, words: Words, single: frozenset[str], known: Callable[[str], bool]) -> None:
        self._words = words
        self._single = single
        self._known = known

    def titled(self, tokens: Sequence[Token], places: frozenset[int], phrased: frozenset[int]) -> Iterator[Match]:
        """Names behind a title: "Dr. Payne", "dra lopez". The title belongs to the match; `places` has the words at
        which a town begins, `phrased` those of longer phrases.

        A word of ours ("Dr. Paget", "dr cash") is a name where it is a known surname, or stands in capitals.
        """
        for at, token in enumerate(tokens[:-1]):
            if not (token.word in _TITLES or token.word in _FULL_TITLES) or tokens[at + 1].follows_comma:
                continue
            last = at + 1
            if last in places and self._is_town_rather(tokens, at):
                continue
            while (
                last < len(tokens)
                and last not in phrased
                and last - at <= _LONGEST
                and self._continues(tokens, at, last)
            ):
                last += 1
                if last in places and not (last < len(tokens) and tokens[last].word in _PARTICLES):
                    break
            if last > at + 1 and tokens[last - 1].word not in _PARTICLES:
                yield Match(at, last, _NAME, _SCORE * (last - at - 1))

    def _is_town_rather(self, tokens: Sequence[Token], at: int) -> bool:
        """ "sciatica dr houston": without capitals, and with more to it than the name."""
        capitals = tokens[at].capitalised and tokens[at + 1].capitalised
        return not capitals and len(tokens) > _PAIR

    def _continues(self, tokens: Sequence[Token], at: int, last: int) -> bool:
        token = tokens[last]
        if token.breaks or token.follows_comma or any(letter.isdigit() for letter in token.word):
            return False
        if token.word in _PARTICLES and last + 1 < len(tokens):
            behind = (token for token in tokens[last + 1 :] if token.word not in _PARTICLES)
            following = next(behind, None)
            return following is not None and not following.breaks and not self._is_plain(following.word)
        if token.word in self._words.surnames:
            return True
        if token.word in self._single:
            return self._is_capital_surname(tokens, at, last)
        return token.word not in self._words.ordinary and not (token.word in _CLINICS and last > at + 1)

    def _is_capital_surname(self, tokens: Sequence[Token], at: int, last: int) -> bool:
        """ "Dr. Stenosis": a word of ours in capitals behind a short title, alone or behind another name."""
        if tokens[at].word not in _TITLES or not tokens[last].capitalised or tokens[last].raw.isupper():
            return False
        dotted = tokens[at + 1].gap.startswith(".")
        lone = last + 1 == len(tokens) or not tokens[last + 1].capitalised or tokens[last + 1].breaks
        return tokens[at].capitalised and (dotted or lone)

    def _is_plain(self, word: str) -> bool:
        return word in self._words.ordinary or word in self._single

    def credentialed(self, tokens: Sequence[Token], placed: frozenset[int]) -> Iterator[Match]:
        """Names before a degree: "Jane Brace, DPT", "kyphosis smith md"; never words of a place (`placed`)."""
        for at, token in enumerate(tokens):
            if at == 0 or token.word not in _CREDENTIALS or token.breaks:
                continue
            first = at
            while (
                first > 0
                and first - 1 not in placed
                and at - first < _LONGEST - 1
                and self._may_precede(tokens, first - 1, at)
            ):
                first -= 1
                if tokens[first].breaks:
                    break
            unknown = [t for t in tokens[first:at] if not self._is_plain(t.word) and not self._known(t.word)]
            if unknown and at - first > 1:
                yield Match(first, at + 1, _DEGREED, _SCORE * (at - first))

    def _may_precede(self, tokens: Sequence[Token], at: int, degree: int) -> bool:
        token = tokens[at]
        apart = tokens[at + 1].follows_comma and at + 1 < degree
        if apart or not token.word.isalpha() or token.word in self._words.ordinary:
            return False
        if not self._known(token.word) or token.word in self._words.surnames:
            return True
        return token.capitalised and not token.raw.isupper() and token.word in self._single

    def remainder(self, parsed: Parsed, taken: frozenset[int]) -> tuple[int, int] | None:
        """(first, last) of the words that nothing explains and that are nobody's everyday words, or None.

        Only a few words in a row are a name; in a longer text they must be written with capitals. `taken` words
        belong to something else.
        """
        runs = self._runs(parsed, taken)
        short = len(runs) == 1 and len(runs[0]) <= _MAX_REMAINDER and self._mostly_understood(parsed, taken)
        for run in runs:
            words = [parsed.tokens[at] for at in run]
            capitals = len(run) > 1 and all(token.capitalised for token in words) and not parsed.text.isupper()
            if short or capitals:
                return run[0], run[-1] + 1
        return None

    def _runs(self, parsed: Parsed, taken: frozenset[int]) -> list[list[int]]:
        """Rows of words that are left and not everyday, at least one of them unknown in each."""
        runs: list[list[int]] = []
        for at, token in enumerate(parsed.tokens):
            if at in taken or not self._may_be_name(token):
                continue
            follows = bool(runs) and runs[-1][-1] == at - 1 and _is_plain_gap(parsed.tokens[at - 1], token)
            if follows:
                runs[-1].append(at)
            else:
                runs.append([at])
        return [run for run in runs if any(self._is_unknown(parsed.tokens[at].word) for at in run)]

    def _is_unknown(self, word: str) -> bool:
        return len(word) >= _SHORTEST and not self._known(word)

    def _may_be_name(self, token: Token) -> bool:
        plain = self._is_plain(token.word) or token.word in _CLINICS or token.word in self._words.seldom_places
        return not plain and token.word.isalpha() and len(token.word) > 1

    def _mostly_understood(self, parsed: Parsed, taken: frozenset[int]) -> bool:
        left = (token for at, token in enumerate(parsed.tokens) if at not in taken)
        return sum(1 for token in left if token.word in self._words.ordinary) <= _MAX_REMAINDER


def _is_plain_gap(before: Token, token: Token) -> bool:
    """Spaces and hyphens; a comma too between capitals ("Jones, Robert")."""
    plain = _PLAIN_GAP.fullmatch(token.gap) is not None
    return plain or (token.gap.strip() == "," and before.capitalised and token.capitalised)
