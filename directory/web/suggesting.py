"""Suggestions as one types: specialties and conditions by any of their forms, places, practitioners and clinics."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from directory.domain.errors import EngineUnavailable
from directory.domain.specialty import Specialty
from directory.search.engine import Engine
from directory.search.fold import fold, query_words
from directory.search.listing import Kind, Listing
from directory.search.places import Places
from directory.search.query import OUTSIDE, NamePoints, Query
from directory.vocabulary.concepts import Condition
from directory.vocabulary.vocabulary import Vocabulary

LIMIT = 8
_SHORTEST_NAME = 3
_NAMED_KINDS = ("specialty", "condition")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`kind` is specialty, condition, place, practitioner or clinic; `code` its code, or the text of a place."""

    kind: str
    code: str
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Form:
    folded: str
    kind: str
    code: str


class Suggesting:
    """Completes what a person types; names come from the engine, everything else from memory."""

    def __init__(self, vocabulary: Vocabulary, places: Places, engine: Engine) -> None:
        self._vocabulary = vocabulary
        self._places = places
        self._engine = engine
        self._forms = sorted(
            (_Form(fold(phrase.text), phrase.kind, phrase.code) for phrase in vocabulary.phrases()
             if phrase.kind in _NAMED_KINDS),
            key=lambda form: (len(form.folded), form.folded, form.code),
        )  # fmt: skip

    def what(self, text: str, language: str, today: date) -> tuple[Suggestion, ...]:
        """Specialties and conditions whose forms begin with the text, then people and clinics of that name."""
        terms = tuple(self._terms(text, language))[:LIMIT]
        return (*terms, *self._names(text, today, LIMIT - len(terms)))

    def where(self, text: str) -> tuple[Suggestion, ...]:
        """Places whose name or ZIP code begins with the text, most populous first."""
        return tuple(Suggestion("place", place.label, place.label) for place in self._places.complete(text, LIMIT))

    def _terms(self, text: str, language: str) -> Iterator[Suggestion]:
        """Forms that begin with the text, then those with a word that does; each concept once."""
        typed = fold(text).strip()
        if not typed:
            return
        seen: set[tuple[str, str]] = set()
        for begins in (True, False):
            for form in self._forms:
                matches = form.folded.startswith(typed) if begins else f" {typed}" in form.folded
                if matches and (form.kind, form.code) not in seen:
                    seen.add((form.kind, form.code))
                    yield self._term(form, language)

    def _term(self, form: _Form, language: str) -> Suggestion:
        concept: Specialty | Condition = (
            self._vocabulary.specialties[form.code]
            if form.kind == "specialty"
            else self._vocabulary.conditions[form.code]
        )
        label = concept.name_es if language == "es" else concept.name
        return Suggestion(form.kind, form.code, label)

    def _names(self, text: str, today: date, limit: int) -> Sequence[Suggestion]:
        words = query_words(text)
        if limit <= 0 or not words or max(map(len, words)) < _SHORTEST_NAME:
            return ()
        points = NamePoints(exact=3, prefix=2, typo=1)
        try:
            found = self._engine.search(
                Query(today, exclusions=(OUTSIDE,), name=words[:8], name_points=points, limit=limit * 2)
            )
        except EngineUnavailable:
            return ()
        named = {hit.listing.subject: _named(hit.listing) for hit in reversed(found.hits)}
        return tuple(reversed(named.values()))[:limit]


def _named(listing: Listing) -> Suggestion:
    address = listing.card.address
    code = listing.npi if listing.kind is Kind.PRACTITIONER else listing.subject[1:]
    return Suggestion(listing.kind.value, code, listing.name, f"{address.city}, {address.state}")
