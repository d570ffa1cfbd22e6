"""What a search is answered: the body in bytes, and what its headers must say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from werkzeug.datastructures import MultiDict

from directory.domain.errors import InvalidInput
from directory.understanding.ask import Answer
from directory.web.api.presenting import Presenter
from directory.web.api.schemas import LANGUAGES
from directory.web.asking import asked_of
from directory.web.services import Services


@dataclass(frozen=True, slots=True)
class Answered:
    """`fallback`: another index answered than usual. `lasting`: the same question gets the same answer until something
    changes; one that was cut short is not what a quieter moment gives."""

    body: bytes
    fallback: bool
    lasting: bool

    def headers(self, tag: str) -> list[tuple[str, str]]:
        """What to add to the headers; `tag` is that of the answer, made before it was looked for."""
        if self.fallback:
            return [("X-Served-By", "fallback")]
        return [("ETag", f'W/"{tag}"')] if tag and self.lasting else []


class Searching:
    """Answers searches over the services of one application."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._presenters = {name: Presenter(services.vocabulary, services.ranking, name) for name in LANGUAGES}

    def answer(self, parameters: Mapping[str, Any]) -> Answered:
        """Parameters that their schema has checked. Raises InvalidInput, EngineUnavailable."""
        language = parameters.get("lang", "en")
        asked = asked_of(as_texts(parameters), language)
        answer = self._services.asking.ask(asked, self._services.now().date())
        _refuse_radius_without_place(answer)
        presented = self._presenters[language].answer(answer, demonstration=self._services.demonstration())
        cut_short = answer.found is not None and answer.found.cut_short
        return Answered(orjson.dumps(presented), presented["served_by_fallback"], not cut_short)


def _refuse_radius_without_place(answer: Answer) -> None:
    """A radius that could not be applied must not look applied. Pages drop it: their form always sends one."""
    if answer.asked.radius_miles is not None and answer.location is None and answer.found is not None:
        message = "A radius needs a place to measure from: give near, or lat and lon, or leave radius_mi out."
        raise InvalidInput(message, "near")


def as_texts(parameters: Mapping[str, Any]) -> MultiDict[str, str]:
    """Validated parameters as the texts that `asked_of` reads, so that pages and JSON mean the same."""
    return MultiDict(
        (name, str(item))
        for name, value in parameters.items()
        for item in (value if isinstance(value, list) else [value])
    )
