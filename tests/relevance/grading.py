"""What a listing is worth to the person who asked: by rules over its properties, never by its id or its points."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from directory.domain.place import METRES_PER_MILE, Place, PlaceKind, distance_m
from directory.search.fold import query_words
from directory.search.listing import Field, Listing
from tests.relevance.collection import Question, Rule

DEPTH = 10
"""Results that are judged: a first page."""
_FIRST = 3
NEARNESS = ((5.0, 1.0), (10.0, 0.9), (25.0, 0.7), (50.0, 0.4), (250.0, 0.2))
"""(miles, share of the worth that remains): five miles more cost little, an hour's drive costs most."""
_NOT_STATED, _UNCONFIRMED, _NOT_ACCEPTING = 0.5, 1.0, 0.5
_PROPERTIES = {
    "insurance": Field.INSURANCE,
    "language": Field.LANGUAGE,
    "telehealth": Field.TELEHEALTH,
    "gender": Field.GENDER,
    "accepting_new_patients": Field.ACCEPTING,
    "accessibility": Field.ACCESSIBILITY,
    "open_days": Field.OPEN_DAY,
    "clinic_model": Field.CLINIC_MODEL,
    "credential": Field.CREDENTIAL,
    "board_certified": Field.BOARD_CERTIFIED,
    "age_group": Field.AGE_GROUP,
}


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges results of one question. `near` is where the person is, by the expectation, not by what was read.
    `first` are the listings of the clinician who gave a first opinion."""

    question: Question
    near: Place | None
    first: tuple[Listing, ...] = ()

    def worth(self, listing: Listing) -> float:
        """The gain of a listing: 2^grade - 1, less by distance and where new patients are not accepted."""
        nearness = self._nearness(listing)
        grade = self._grade(listing) if nearness and not any(self._refusals(listing)) else 0.0
        open_to_new = _NOT_ACCEPTING if "no" in listing.values(Field.ACCEPTING) else 1.0
        return (2.0**grade - 1.0) * nearness * open_to_new

    def ndcg(self, results: Sequence[Listing], everything: Iterable[Listing]) -> float:
        """Normalised discounted cumulative gain of the first ten; 0 where nothing deserves a grade."""
        best = sorted((self.worth(listing) for listing in everything), reverse=True)
        ideal = _discounted(best[:DEPTH])
        return _discounted([self.worth(listing) for listing in results[:DEPTH]]) / ideal if ideal else 0.0

    def faults(self, results: Sequence[Listing]) -> Iterator[str]:
        """What must not be among the results, in words."""
        for at, listing in enumerate(results[:DEPTH]):
            for refusal in self._refusals(listing):
                yield f"result {at + 1}, {listing.name}: {refusal}"
        for at, listing in enumerate(results[:_FIRST]):
            kinds = set(listing.values(Field.SPECIALTY))
            if kinds and kinds <= set(self.question.never_first):
                yield f"result {at + 1}, {listing.name}: only {', '.join(sorted(kinds))}"

    def _grade(self, listing: Listing) -> float:
        question = self.question
        if question.rules:
            return next((float(rule.grade) for rule in question.rules if _fits(listing, rule)), 0.0)
        if question.name:
            return 3.0 if set(query_words(question.name)) <= set(listing.name_words) else 0.0
        return self._by_specialty(listing)

    def _by_specialty(self, listing: Listing) -> float:
        question = self.question
        tiers = ((question.best, 3.0), (question.good, 2.0), (question.possible, 1.0))
        confirmed = _best_tier(listing.values(Field.SPECIALTY_CONFIRMED), tiers)
        grade = max(confirmed, _best_tier(listing.values(Field.SPECIALTY), tiers) - _UNCONFIRMED)
        unstated = question.conditions and not set(question.conditions) & set(listing.values(Field.CONDITION_STATED))
        return max(0.0, grade - (_NOT_STATED if unstated else 0.0))

    def _nearness(self, listing: Listing) -> float:
        if self.near is None:
            return 1.0
        if self.near.kind is PlaceKind.STATE:
            return float(self.near.state in listing.values(Field.STATE))
        if self.near.point is None or listing.point is None:
            return 0.0
        miles = distance_m(self.near.point, listing.point) / METRES_PER_MILE
        return next((share for within, share in NEARNESS if miles <= within), 0.0)

    def _refusals(self, listing: Listing) -> Iterator[str]:
        """Why a listing is no answer at all."""
        kinds = set(listing.values(Field.SPECIALTY))
        if self.question.asked and not self.question.inferred and not kinds & set(self.question.asked):
            yield "is none of the kinds that were asked for"
        if kinds & set(self.question.never):
            yield "is of a kind that was declined"
        for key, wanted in self._required():
            if not wanted & set(listing.values(_PROPERTIES[key])):
                yield f"does not state {key}"
        yield from self._ties(listing)

    def _required(self) -> Iterator[tuple[str, set[str]]]:
        for key, value in self.question.filters.items():
            if key in _PROPERTIES:
                yield key, set(value) if isinstance(value, list) else {"yes" if value is True else str(value)}

    def _ties(self, listing: Listing) -> Iterator[str]:
        """What a second opinion shares with the first."""
        for name in (Field.NPI, Field.CLINIC, Field.ADDRESS):
            if set(listing.values(name)) & {token for one in self.first for token in one.values(name)}:
                yield f"shares its {name.value} with the first opinion"


def _fits(listing: Listing, rule: Rule) -> bool:
    named = set(query_words(rule.name)) <= set(listing.name_words)
    return named and all(
        set(tokens) & set(listing.values(Field(name.removeprefix("and_")))) for name, tokens in rule.tokens.items()
    )


def _best_tier(specialties: Iterable[str], tiers: Iterable[tuple[tuple[str, ...], float]]) -> float:
    held = set(specialties)
    return next((grade for codes, grade in tiers if held & set(codes)), 0.0)


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(at + 2) for at, gain in enumerate(gains))


def named(listings: Iterable[Listing], name: str) -> tuple[Listing, ...]:
    """The listings of whoever has all these words in their name."""
    words = set(query_words(name))
    return tuple(listing for listing in listings if words <= set(listing.name_words))
