"""One language's pages: its words, its addresses, and what every page shows."""

from flask import current_app, render_template, request
from jinja2 import Environment

from directory.guidance.red_flags import red_flags
from directory.web.pages.assets import asset, icon
from directory.web.pages.cards import Cards
from directory.web.pages.names import Names
from directory.web.pages.results import ResultsPages
from directory.web.pages.texts import load_texts
from directory.web.pages.writing import written
from directory.web.services import Services
from directory.web.wording import Wording

PREFIX = {"en": "", "es": "/es"}


class Edition:
    """What the pages in one language share."""

    def __init__(self, services: Services, language: str) -> None:
        vocabulary = services.vocabulary
        self.language = language
        self.prefix = PREFIX[language]
        self.texts = load_texts(language)
        self.names = Names(vocabulary, self.texts)
        wording = Wording(vocabulary, services.ranking, language)
        self.cards = Cards(vocabulary, self.texts, self.names, wording, self.prefix)
        self.results = ResultsPages(self.texts, self.names, self.cards, self.prefix)
        self._written: Environment | None = None
        self._demonstration = services.demonstration
        self._reviewed = red_flags().reviewed_by_clinician
        self._public_url = services.settings.public_url.rstrip("/")

    def href(self, path: str) -> str:
        """The address of a page in this language: "/guide" or "/es/guide"."""
        return f"{self.prefix}{path}" if path != "/" else f"{self.prefix}/"

    def render(self, template: str, *, translated: bool = True, **values: object) -> str:
        """A page, in the frame that all share. `translated`: the other language has this page too."""
        return render_template(self._templates().get_template(template), **self.frame(translated=translated), **values)

    def _templates(self) -> Environment:
        if self._written is None:
            self._written = written(current_app, self.texts)
        return self._written

    def frame(self, *, translated: bool) -> dict[str, object]:
        """What the frame of a page needs."""
        return {
            "t": self.texts,
            "lang": self.language,
            "href": self.href,
            "asset": asset,
            "icon": icon,
            "demonstration": self._demonstration(),
            "translations": {language: self._translation(language) for language in PREFIX} if translated else {},
            "reviewed": self._reviewed,
            "canonical": f"{self._public_url}{request.path}" if self._public_url else "",
        }

    def _translation(self, language: str) -> str:
        """The address of this very page, search included, in a language."""
        path = request.path.removeprefix("/es") if is_spanish(request.path) else request.path
        query = request.query_string.decode("ascii", "ignore")
        return f"{PREFIX[language]}{path or '/'}" + (f"?{query}" if query else "")


def is_spanish(path: str) -> bool:
    return path == "/es" or path.startswith("/es/")
