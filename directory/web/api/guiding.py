"""The guide's request -> coded answers. Codes are taken as they are; free text is read like a search."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from directory.guidance.answers import GuideAnswers, Helped, Preference, TriedTreatment
from directory.guidance.pathway import Pathway
from directory.search.fold import fold
from directory.understanding.codes import CodeReader
from directory.understanding.findings.assessment import Assessor
from directory.understanding.reading import Reader, Reading
from directory.vocabulary.vocabulary import Vocabulary

Code = TypeVar("Code", bound=str)
_PAST = frozenset({"", "history"})
_PHRASES: Mapping[str, Preference] = {
    "hands on": Preference.HANDS_ON_CARE,
    "hands-on": Preference.HANDS_ON_CARE,
    "non surgical": Preference.AVOID_SURGERY,
    "non-surgical": Preference.AVOID_SURGERY,
    "nonsurgical": Preference.AVOID_SURGERY,
    "conservative": Preference.AVOID_SURGERY,
    "conservador": Preference.AVOID_SURGERY,
    "one clinic": Preference.ONE_CLINIC,
    "misma clinica": Preference.ONE_CLINIC,
}
"""Folded words of a preference that no search is asked in."""


@dataclass(frozen=True, slots=True)
class Told:
    """`unread` maps a field to the texts in which nothing was recognised."""

    answers: GuideAnswers
    unread: Mapping[str, tuple[str, ...]] = field(hash=False)


class GuideReader:
    """Reads requests with the same understanding as searches."""

    def __init__(self, vocabulary: Vocabulary, pathway: Pathway, reader: Reader, assessor: Assessor) -> None:
        self._vocabulary = vocabulary
        self._pathway = pathway
        self._reader = reader
        self._assessor = assessor
        self._codes = CodeReader(vocabulary)
        self._by_icd10 = {code: item.slug for item in vocabulary.conditions.values() for code in reversed(item.icd10)}

    def read(self, body: Mapping[str, Any]) -> Told:
        """Answers from a request that fits `schemas.GuideRequest`."""
        texts = _Texts(body)
        answers = GuideAnswers(
            duration_weeks=body.get("duration_weeks"),
            symptoms=texts.codes("symptoms", self._finding_codes),
            history=texts.codes("history", self._history_codes),
            treatments_tried=tuple(self._tried(body.get("treatments_tried", ()), texts)),
            diagnosis=texts.codes("diagnosis", self._diagnosis_codes),
            red_flags=texts.codes("red_flags", self._finding_codes),
            age=body.get("age"),
            pregnant=body.get("pregnant"),
            preferences=texts.codes("preferences", self._preferences),
        )
        return Told(answers, texts.unread())

    def _finding_codes(self, text: str) -> Iterator[str]:
        yield from self._found(text, frozenset({""}))

    def _history_codes(self, text: str) -> Iterator[str]:
        """What is over does not set off a warning in a complaint; here it is what was asked for."""
        yield from self._found(text, _PAST)

    def _found(self, text: str, counted: frozenset[str]) -> Iterator[str]:
        if self._pathway.knows(code := _as_code(text)):
            yield code
            return
        reading = self._reader.read(text)
        findings = self._assessor.assess(text).findings
        named = (
            *(finding.code for finding in findings if finding.set_aside in counted),
            *(item.code for item in reading.symptoms),
            *(item.slug for item in reading.conditions),
        )
        yield from (code for code in named if self._pathway.knows(code))

    def _diagnosis_codes(self, text: str) -> Iterable[str]:
        slug = self._by_icd10.get(text.strip().upper())
        return (slug,) if slug else self._codes.read([text], ("condition",)).codes

    def _tried(self, rows: Iterable[Mapping[str, Any]], texts: "_Texts") -> Iterator[TriedTreatment]:
        for row in rows:
            codes = self._codes.read([row["code"]], ("treatment",)).codes
            if not codes:
                texts.not_read("treatments_tried", row["code"])
            helped = None if row.get("helped") is None else Helped(row["helped"])
            yield from (TriedTreatment(code, row.get("weeks"), helped) for code in codes)

    def _preferences(self, text: str) -> Iterator[Preference]:
        words = fold(text).replace("_", " ")
        if _as_code(text) in list(Preference):
            yield Preference(_as_code(text))
            return
        yield from (preference for phrase, preference in _PHRASES.items() if phrase in words)
        yield from self._read_preferences(self._reader.read(words))

    def _read_preferences(self, reading: Reading) -> Iterator[Preference]:
        treatments = self._vocabulary.treatments
        if any(item.code in treatments and treatments[item.code].kind == "surgery" for item in reading.negations):
            yield Preference.AVOID_SURGERY
        if any(item.status == "wanted" and treatments[item.code].kind == "manual" for item in reading.treatments):
            yield Preference.HANDS_ON_CARE
        if any(item.code == "chiropractor" and item.reason == "asked" for item in reading.specialties):
            yield Preference.HANDS_ON_CARE
        if reading.filters.get("second_opinion"):
            yield Preference.SECOND_OPINION
        if reading.filters.get("clinic_model") == "integrated":
            yield Preference.ONE_CLINIC


class _Texts:
    """The texts of a request, each read once; remembers those that nothing came of."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self._body = body
        self._unread: dict[str, list[str]] = {}

    def codes(self, name: str, read: Callable[[str], Iterable[Code]]) -> tuple[Code, ...]:
        found: dict[Code, None] = {}
        for text in self._body.get(name, ()):
            codes = tuple(read(text))
            found.update(dict.fromkeys(codes))
            if not codes and text.strip():
                self.not_read(name, text)
        return tuple(found)

    def not_read(self, name: str, text: str) -> None:
        self._unread.setdefault(name, []).append(text)

    def unread(self) -> dict[str, tuple[str, ...]]:
        return {name: tuple(texts) for name, texts in self._unread.items()}


def _as_code(text: str) -> str:
    """The code that a text may be: "night pain" is night_pain; a slug such as low-back-pain stays as it is."""
    return text.strip().casefold().replace(" ", "_")
