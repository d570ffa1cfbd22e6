"""Places named in a text: ZIP codes, cities with and without their state, states, nicknames, "near me"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from directory.domain.place import STATES, Place, PlaceKind
from directory.search.places import Places, Resolution
from directory.understanding.lexicon import Concept
from directory.understanding.match import Match
from directory.understanding.tables import group
from directory.understanding.tokens import Token, words_of
from directory.understanding.words import Words

_ZIP_DIGITS = 5
_LONGEST_NAME = 4
_LONGEST_STATE = 4
_KNOWN_TOWN = 5_000
"""A town of fewer people is read only behind "in" or before its state: too many ordinary words are small towns."""
_KNOWN_NAME = 1_000
"""The same for names of several words, which are seldom anything else."""
_SCORES = {"zip": 16.0, "state": 10.0}
_BEFORE = group("place_before")
_BEFORE_ARTICLE = group("place_before_article")
_UNITS = group("counted")
_ALSO_WORDS = group("codes_also_words")
"""USPS codes, folded, that are words, titles or credentials as well."""
_STREETS = group("streets")
_SAFE_AT_END, _ENGLISH_BEFORE = group("codes_safe_at_end"), group("english_place_before")
_GIVEN_NAMES = group("given_names")
_NEVER_BEFORE_CODE = group("never_before_code")
_INSIDE = frozenset({"in", "en"})
_LARGE_TOWN = 60_000
_VERY_LARGE_TOWN = 100_000


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands before a word: a preposition of place, an English one; whether nothing stands behind it, and
    whether the case of letters means anything here."""

    preposition: bool
    english: bool
    end: bool
    mixed_case: bool


class WhereReader:
    """Finds places with one gazetteer. `known` says whether a word belongs to the vocabulary."""

    def __init__(self, places: Places, words: Words) -> None:
        self._places = places
        self._words = words
        self._states = {words_of(name): code for code, name in STATES.items()}
        self._codes = {code.lower(): code for code in STATES}

    def matches(self, tokens: Sequence[Token], vocabulary: frozenset[str]) -> Iterator[Match]:
        """Every place that may be meant. `vocabulary` has the single words that also name something of ours."""
        mixed = any(not token.raw.isupper() for token in tokens)
        for first in range(len(tokens)):
            english = first > 0 and tokens[first - 1].word in _ENGLISH_BEFORE and not tokens[first].breaks
            around = Surroundings(is_behind_preposition(tokens, first), english, 0 < first == len(tokens) - 1, mixed)
            yield from self._zip(tokens, first)
            yield from self._state(tokens, first, around)
            yield from self._names(tokens, first, around, vocabulary)

    def unknown_zips(self, tokens: Sequence[Token]) -> Iterator[int]:
        """Words that look like a ZIP code of a place, and are none."""
        for at, token in enumerate(tokens):
            asked = is_behind_preposition(tokens, at) or (at > 0 and tokens[at - 1].word in {"zip", "code", "postal"})
            if asked and _five_digits(token.raw) and not _measured(tokens, at) and self._places.zip(token.raw) is None:
                yield at

    def _zip(self, tokens: Sequence[Token], first: int) -> Iterator[Match]:
        token = tokens[first]
        if not _five_digits(token.raw) or _measured(tokens, first) or "$" in token.gap:
            return
        if self._places.zip(token.raw) is not None:
            last = first + 1
            extended = last < len(tokens) and tokens[last].gap == "-" and len(tokens[last].word) == _ZIP_DIGITS - 1
            yield _place(first, last + extended, "zip", _SCORES["zip"])

    def _state(self, tokens: Sequence[Token], first: int, around: Surroundings) -> Iterator[Match]:
        for last, code in self._states_at(tokens, first):
            if (
                last - first == 1
                and len(tokens[first].word) == len(code)
                and not self._plain_code(tokens, first, around)
            ):
                continue
            named = last < len(tokens) and tokens[last].word == "state" and not tokens[last].breaks
            yield _place(first, last, "state", _SCORES["state"] * (last - first))
            if named:
                yield _place(first, last + 1, "the state", _SCORES["state"] * (last + 1 - first))

    def _plain_code(self, tokens: Sequence[Token], first: int, around: Surroundings) -> bool:
        """A USPS code alone: behind "in", or in capitals where not everything is; never where it may be a word."""
        token = tokens[first]
        capitals = token.raw.isupper() and around.mixed_case
        end = first == len(tokens) - 1
        if token.word in _ALSO_WORDS:
            inside = first > 0 and tokens[first - 1].word in _INSIDE and not token.breaks
            free = end and first > 0 and tokens[first - 1].word not in _NEVER_BEFORE_CODE
            return (inside and (capitals or end)) or (free and token.word in _SAFE_AT_END)
        return capitals or around.preposition or end

    def _states_at(self, tokens: Sequence[Token], first: int) -> Iterator[tuple[int, str]]:
        """(end, USPS code) of the states named from a word on, the longest name first."""
        for length in range(min(_LONGEST_STATE, len(tokens) - first), 0, -1):
            named = tuple(token.word for token in tokens[first : first + length])
            code = self._states.get(named) or (self._codes.get(named[0]) if length == 1 else None)
            if code is not None and not any(token.breaks for token in tokens[first + 1 : first + length]):
                yield first + length, code

    def _names(
        self, tokens: Sequence[Token], first: int, around: Surroundings, vocabulary: frozenset[str]
    ) -> Iterator[Match]:
        for last in range(min(first + _LONGEST_NAME, len(tokens)), first, -1):
            parts = tokens[first:last]
            if any(token.breaks or token.follows_comma for token in parts[1:]) or parts[0].word.isdecimal():
                continue
            name = " ".join(token.raw for token in parts)
            found = self._places.called(name)
            if found:
                yield from self._with_state(tokens, first, last, found)
                if not _is_hyphenated(tokens, first, last):
                    yield from self._with_city(tokens, first, last, found)
                yield from self._alone(tokens, first, last, found, around, vocabulary)

    def _with_state(self, tokens: Sequence[Token], first: int, last: int, found: Sequence[Place]) -> Iterator[Match]:
        for end, code in self._states_at(tokens, last) if last < len(tokens) else ():
            if tokens[last].breaks or not any(place.state == code for place in found):
                continue
            if end - last > 1 or self._closes_a_city(tokens, last):
                zipped = end < len(tokens) and _five_digits(tokens[end].raw) and not tokens[end].breaks
                yield _place(first, end + zipped, "city", 12.0 * (end - first) + 6.0 + 16.0 * zipped)

    def _with_city(self, tokens: Sequence[Token], first: int, last: int, found: Sequence[Place]) -> Iterator[Match]:
        """A neighbourhood and its city: "Lincoln Park, Chicago"."""
        for end in range(min(last + 2, len(tokens)), last, -1):
            city = " ".join(token.raw for token in tokens[last:end])
            large = next((place for place in self._places.called(city) if place.population >= _LARGE_TOWN), None)
            if (
                large is None
                or tokens[last].breaks
                or all(token.word in self._words.ordinary for token in tokens[first:last])
            ):
                continue
            if any(place.state == large.state for place in found):
                yield _place(first, end, "within", 12.0 * (end - first) + 6.0)

    def _closes_a_city(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a word behind a city is its state: "or", "in" and "me" only where they can be no word."""
        token = tokens[at]
        if token.word not in _ALSO_WORDS or token.follows_comma or token.raw.isupper():
            return True
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        return following is None or following.breaks or following.follows_comma or _five_digits(following.raw)

    def _alone(
        self,
        tokens: Sequence[Token],
        first: int,
        last: int,
        found: Sequence[Place],
        around: Surroundings,
        vocabulary: frozenset[str],
    ) -> Iterator[Match]:
        length = last - first
        ours = length == 1 and tokens[first].word in vocabulary
        if not self._is_meant(tokens[first:last], found, around) or (ours and not around.preposition):
            return
        alone = length == 1 and not around.preposition
        if _is_hyphenated(tokens, first, last) or (alone and self._is_given_name(tokens, first, vocabulary)):
            return
        if alone and found[0].population < _LARGE_TOWN and self._is_family_name(tokens, first, vocabulary):
            return
        each = 11.0 if around.preposition else 9.0
        yield _place(first, last, _size(found[0]), each * length + 2.0 * (length - 1))

    def _is_given_name(self, tokens: Sequence[Token], at: int, vocabulary: frozenset[str]) -> bool:
        """ "Elizabeth Warren": a large town's name before a word that is nothing but a name."""
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        if tokens[at].word not in _GIVEN_NAMES or following is None or following.breaks or following.follows_comma:
            return False
        plain = following.word in self._words.ordinary or following.word in vocabulary or following.word in self._codes
        return not plain and following.word.isalpha() and len(following.word) > 2

    def _is_family_name(self, tokens: Sequence[Token], at: int, vocabulary: frozenset[str]) -> bool:
        """ "Hannah Ravensworth": a small town's name that ends the text behind one capitalised word of no meaning."""
        if at != 1 or len(tokens) != 2 or tokens[at].follows_comma:
            return False
        before = tokens[0]
        plain = before.word in self._words.ordinary or before.word in vocabulary or before.word in self._codes
        return before.capitalised and tokens[at].capitalised and not plain

    def _is_meant(self, parts: Sequence[Token], found: Sequence[Place], around: Surroundings) -> bool:
        people = found[0].population
        if len(parts) > 1:
            ordinary = all(token.word in self._words.ordinary for token in parts)
            return (people >= _KNOWN_NAME or around.preposition) and not ordinary
        token = parts[0]
        capital = token.capitalised and around.mixed_case
        if len(token.word) < 3:
            return (token.raw.isupper() and around.mixed_case) or around.english or around.end
        if token.word in self._words.never_places or token.word in self._words.ordinary:
            return around.preposition and capital and people >= _KNOWN_TOWN
        if token.word in self._words.seldom_places or token.word in self._words.surname_places:
            return around.preposition
        return people >= _KNOWN_TOWN or around.preposition or (capital and people >= _KNOWN_NAME)

    def guess(self, text: str, *, behind_preposition: bool) -> Resolution | None:
        """The place that an unknown word was meant to be, one typo away; without "in" before it only a large one."""
        resolution = self._places.resolve(text)
        if resolution.place is not None or not resolution.candidates:
            return None
        best, *others = resolution.candidates
        enough = 0 if behind_preposition else _VERY_LARGE_TOWN
        return Resolution(best, tuple(others), resolution.reason) if best.population >= enough else None

    def resolve(self, tokens: Sequence[Token], match: Match) -> Resolution:
        """What a place that was found stands for, with the others that may be meant."""
        parts = tokens[match.first : match.last]
        if match.codes("place")[0] == "within":
            return self._within(parts)
        if match.codes("place")[0] == "the state":
            return Resolution(self._places.state(" ".join(token.raw for token in parts[:-1])))
        said = "".join(token.gap * bool(at) + token.raw for at, token in enumerate(parts))
        return self._places.resolve(said)

    def _within(self, parts: Sequence[Token]) -> Resolution:
        for cut in range(len(parts) - 1, 0, -1):
            name, city = (" ".join(token.raw for token in some) for some in (parts[:cut], parts[cut:]))
            resolution = self._places.resolve(f"{name}, {city}")
            if resolution.place is not None and resolution.place.population < _LARGE_TOWN * 10:
                return resolution
        return self._places.resolve(" ".join(token.raw for token in parts))


def _size(place: Place) -> str:
    if place.kind is PlaceKind.METRO:
        return "metro"
    return "city" if place.population >= _KNOWN_TOWN else "village"


def _place(first: int, last: int, code: str, score: float) -> Match:
    return Match(first, last, (Concept("place", code),), score)


def _five_digits(raw: str) -> bool:
    return len(raw) == _ZIP_DIGITS and raw.isascii() and raw.isdecimal()


def _is_hyphenated(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Part of a longer word: "Warren-Smith"."""
    return tokens[first].gap == "-" or (last < len(tokens) and tokens[last].gap == "-")


def _measured(tokens: Sequence[Token], at: int) -> bool:
    """True where a number counts something, or is the number of a house."""
    following = [token.word for token in tokens[at + 1 : at + 4] if not token.breaks]
    return bool(following) and (following[0] in _UNITS or any(word in _STREETS for word in following))


def is_behind_preposition(tokens: Sequence[Token], at: int) -> bool:
    """True where the word stands behind "in", "near the", "cerca de" and the like."""
    if at == 0 or tokens[at].breaks:
        return False
    before = tokens[at - 1].word
    if before in _BEFORE:
        return True
    return before in _BEFORE_ARTICLE and at > 1 and tokens[at - 2].word in _BEFORE
