"""Templates with their fixed words written in, once for each language: nothing is looked up that is always the same."""

import re
from collections.abc import Callable, Hashable

from flask import Flask
from jinja2 import Environment
from jinja2.ext import Extension
from markupsafe import escape

from directory.web.pages.assets import asset, icon
from directory.web.pages.texts import Texts

_FIXED = re.compile(r"""\{\{ (t|icon|asset)\((["'])([\w./-]+)\2\) \}\}""", re.ASCII)


def written(app: Flask, texts: Texts) -> Environment:
    """The application's templates in one language; those that extend or include others get them written in too."""
    environment = app.jinja_env.overlay(extensions=[_FixedWords])
    environment.extend(fixed_words=texts)
    return environment


class Once:
    """Renders equal parts of one page once: of facts that nobody stated twenty cards say the same."""

    def __init__(self) -> None:
        self._rendered: dict[tuple[Hashable, ...], str] = {}

    def __call__(self, part: Callable[..., str], *values: Hashable) -> str:
        """What the part of a page gives for these values."""
        key = (part, *values)
        known = self._rendered.get(key)
        if known is None:
            known = self._rendered[key] = part(*values)
        return known


class _FixedWords(Extension):
    """Replaces calls for a text without blanks, a picture or a file's address by what they give, before compiling.

    A page of results makes a thousand such calls.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return _FIXED.sub(self._written, source)

    def _written(self, call: re.Match[str]) -> str:
        what, _, key = call.groups()
        if what == "t":
            texts: Texts = self.environment.fixed_words  # type: ignore[attr-defined]
            return str(escape(texts(key))) if texts.is_fixed(key) else call[0]
        return str(escape(icon(key) if what == "icon" else asset(key)))
