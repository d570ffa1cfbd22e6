"""The vocabulary as JSON: prepared once, since it changes only with a release."""

from typing import Any

from flask import Response

from directory.domain.errors import NotFound
from directory.vocabulary.vocabulary import Vocabulary
from directory.web.api.answering import Prepared
from directory.web.api.schemas import LANGUAGES

_DAY_S = 86_400
_Rows = list[dict[str, Any]]


class VocabularyViews:
    """Specialties and conditions in both languages."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        conditions = {language: conditions_json(vocabulary, language) for language in LANGUAGES}
        self._specialties = {
            language: Prepared({"specialties": specialties_json(vocabulary, language)}, _DAY_S)
            for language in LANGUAGES
        }
        self._conditions = {name: Prepared({"conditions": rows}, _DAY_S) for name, rows in conditions.items()}
        self._condition = {
            name: {row["slug"]: Prepared(row, _DAY_S) for row in rows} for name, rows in conditions.items()
        }

    def specialties(self, language: str) -> Response:
        return self._specialties[language].response()

    def conditions(self, language: str) -> Response:
        return self._conditions[language].response()

    def condition(self, slug: str, language: str) -> Response:
        if slug not in self._condition[language]:
            raise NotFound("There is no condition of this name: see /api/v1/conditions for all of them.")
        return self._condition[language][slug].response()


def specialties_json(vocabulary: Vocabulary, language: str) -> _Rows:
    spanish = language == "es"
    return [
        {
            "code": item.code,
            "name": item.name_es if spanish else item.name,
            "plural": item.plural_es if spanish else item.plural,
            "discipline": item.discipline.value if item.discipline else None,
            "summary": item.summary_es if spanish else item.summary,
            "training": item.training_es if spanish else item.training,
            "see_when": item.see_when_es if spanish else item.see_when,
            "taxonomies": list(item.taxonomies),
        }
        for item in vocabulary.specialties.values()
    ]


def conditions_json(vocabulary: Vocabulary, language: str) -> _Rows:
    spanish = language == "es"
    return [
        {
            "slug": item.slug,
            "name": item.name_es if spanish else item.name,
            "icd10": list(item.icd10),
            "summary": item.summary_es if spanish else item.summary,
            "usually_treated_by": [
                {"specialty": treats.specialty, "fit": treats.fit, "source": treats.source}
                for treats in item.treated_by
            ],
        }
        for item in vocabulary.conditions.values()
    ]
