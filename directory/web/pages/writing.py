"""Templates with their fixed words written in, once for each language: nothing is looked up that is always the same."""

import re
from collections.abc import Callable, Hashable

from flask import Flask
from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension
from markupsafe import escape

from directory.web.pages.assets import asset, icon
from directory.web.pages.texts import Texts

_FIXED = re.compile(r"""\{\{ (t|icon|asset)\((["'])([\w./-]+)\2\) \}\}""", re.ASCII)
_SPECIAL = re.compile("[&<>'\"]")


def written(app: Flask, texts: Texts) -> Environment:
    """The application's templates in one language; those that extend or include others get them written in too."""
    environment = app.jinja_env.overlay(extensions=[_FixedWords])
    environment.extend(fixed_words=texts, escaped=_escaped)
    environment.code_generator_class = _Generator
    return environment


class _Generator(CodeGenerator):
    """Writes calls of `_escaped` into compiled templates where Jinja writes calls of `escape`."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
            return
        self.write("environment.escaped(")
        if finalize.src is not None:
            self.write(finalize.src)


def _escaped(value: object) -> str:
    """As `escape`, of which six hundred a page make a new object of a text that needs no escaping."""
    return value if type(value) is str and _SPECIAL.search(value) is None else escape(value)


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
