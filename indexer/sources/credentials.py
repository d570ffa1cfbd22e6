"""Degrees as stated in the registry, written one way: "D.O." -> "DO", "M.D., PH.D." -> "MD, PhD"."""

import re
from collections.abc import Iterable

from directory.vocabulary.concepts import Term

_SPELT_OUT = {
    "DOCTOR OF OSTEOPATHY": "DO",
    "OSTEOPATHIC PHYSICIAN": "DO",
    "DOCTOR OF CHIROPRACTIC": "DC",
    "CHIROPRACTOR": "DC",
    "CHIROPRACTIC PHYSICIAN": "DC",
    "PHYSICAL THERAPIST": "PT",
    "OCCUPATIONAL THERAPIST": "OT",
    "PHYSICIAN ASSISTANT": "PA",
    "NURSE PRACTITIONER": "NP",
}
_JOINED = {"PH D": "PHD", "PHARM D": "PHARMD", "PSY D": "PSYD", "ED D": "EDD", "AU D": "AUD", "L AC": "LAC",
           "R PH": "RPH"}  # fmt: skip
_SEPARATOR = re.compile(r"\s*(?:[,;&+|]|\bAND\b|/(?!L\b|R\b|C\b))\s*")
_LONE_LETTERS = re.compile(r"\b([A-Z])\s+(?=[A-Z]\b)")
_DEGREE = re.compile(r"[A-Z][A-Z/-]{0,6}[A-Z]")
_NONE = {"DR", "MR", "MRS", "MISS", "NA", "N/A", "NONE", "JR", "SR"}
_MOST = 6


class Degrees:
    """Reads degrees. Those that the vocabulary knows get its spelling; others stay in capitals without dots."""

    def __init__(self, known: Iterable[Term]) -> None:
        self._known = dict(_SPELT_OUT)
        for term in known:
            for form in (*(form for forms in term.forms.values() for form in forms), term.code):
                self._known[_plain(form)] = term.code
        self._read: dict[str, str] = {}

    def read(self, text: str) -> str:
        """Every degree once, in the order stated, separated by ", "; empty where none can be read."""
        found = self._read.get(text)
        if found is None:
            found = self._read[text] = self._parsed(text)
        return found

    def _parsed(self, text: str) -> str:
        found = [degree for part in _SEPARATOR.split(_plain(text)) for degree in self._degrees(part)]
        return ", ".join(list(dict.fromkeys(found))[:_MOST])

    def _degrees(self, part: str) -> list[str]:
        part = part.strip(" -")
        if part in self._known:
            return [self._known[part]]
        joined = _LONE_LETTERS.sub(r"\1", part)
        for spaced, tight in _JOINED.items():
            joined = re.sub(rf"\b{spaced}\b", tight, joined)
        words = (self._known.get(word, word) for word in joined.split(" "))
        return [word for word in words if _DEGREE.fullmatch(word.upper()) and word not in _NONE]


def _plain(text: str) -> str:
    return " ".join(text.upper().replace(".", " ").split()).replace(" -", "-").replace("- ", "-")
