"""Sentences that pages and JSON share: why a hit has its points, how far it is, what was checked."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from directory.domain.place import METRES_PER_MILE, Precision
from directory.search.explain import Reason
from directory.search.ranking import Ranking
from directory.vocabulary.vocabulary import Vocabulary

_ABOUT = {"en": "about ", "es": "aproximadamente a "}
_UNDER = {"en": "less than 0.1 miles", "es": "menos de 0,1 millas"}
OF_WORDS = frozenset({"name_exact", "name_prefix", "name_typo"})
"""Factors whose reasons name words of the question: these are never kept."""
_REMEMBERED = 4_096
"""Reasons that are kept in words, 1 MB at most."""


class Wording:
    """Texts in one language, "en" or "es"."""

    def __init__(self, vocabulary: Vocabulary, ranking: Ranking, language: str) -> None:
        self._ranking = ranking
        self._language = language
        self._names = _names(vocabulary, language)
        self._kept = lru_cache(maxsize=_REMEMBERED)(self._reason)

    def reason(self, reason: Reason) -> str:
        """The sentence that explains one factor: "States that they treat sciatica"."""
        return self._reason(reason) if reason.factor in OF_WORDS else self._kept(reason)

    def _reason(self, reason: Reason) -> str:
        name = self._names.get(reason.factor, str)
        value = ", ".join(name(token) for token in reason.matched)
        return self._ranking.texts[reason.factor][self._language].format(value=value)

    def distance(self, metres: float | None, precision: Precision) -> str:
        """ "2.3 miles", "about 2 miles" for an approximate position (never 0), "" where there is no distance."""
        if metres is None:
            return ""
        miles = metres / METRES_PER_MILE
        if precision is Precision.APPROXIMATE:
            whole = max(1, round(miles))
            return f"{_ABOUT[self._language]}{whole} {self._unit(whole == 1)}"
        if miles < 0.1:
            return _UNDER[self._language]
        text = f"{miles:.1f}" if miles < 10 else f"{miles:.0f}"
        shown = text.replace(".", ",") if self._language == "es" else text
        return f"{shown} {self._unit(text == '1.0')}"

    def _unit(self, one: bool) -> str:
        unit = {"en": "mile", "es": "milla"}[self._language]
        return unit if one else f"{unit}s"


def _names(vocabulary: Vocabulary, language: str) -> Mapping[str, Callable[[str], str]]:
    """Factor -> what names its tokens."""
    spanish = language == "es"

    def specialty(code: str) -> str:
        item = vocabulary.specialties[code]
        return item.name_es if spanish else item.name

    def condition(slug: str) -> str:
        item = vocabulary.conditions[slug]
        return item.name_es if spanish else item.name

    def treatment(code: str) -> str:
        item = vocabulary.treatments[code]
        return item.name_es if spanish else item.name

    return {
        "fit": specialty,
        "fit_unconfirmed": specialty,
        "condition_stated": condition,
        "condition_usual": condition,
        "treatment_stated": treatment,
    }
