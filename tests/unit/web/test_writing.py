import pytest
from flask import Flask
from jinja2 import DictLoader
from markupsafe import Markup

from directory.web.pages.assets import icon
from directory.web.pages.texts import Texts
from directory.web.pages.writing import Once, written

TEMPLATES = {
    "base.html": '<h1 title="{{ t(\'quoted\') }}">{{ t("fixed") }}</h1>{% block main %}{% endblock %}',
    "page.html": '{% extends "base.html" %}{% block main %}{{ t("blank", n=2) }} {{ icon("check") }}{% endblock %}',
}
TEXTS = {"fixed": "Backs & necks", "quoted": 'say "ah"', "blank": "{n} left"}


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    app.jinja_env.loader = DictLoader(TEMPLATES)
    return app


def test_fixed_words_are_written_in_and_others_are_filled_in(app):
    texts = Texts("en", TEXTS)
    page = written(app, texts).get_template("page.html").render(t=texts, icon=icon)
    assert page == f'<h1 title="say &#34;ah&#34;">Backs &amp; necks</h1>2 left {icon("check")}'


def test_each_language_has_its_own(app):
    english, spanish = Texts("en", TEXTS), Texts("es", {**TEXTS, "fixed": "Espalda y cuello"})
    pages = [written(app, texts).get_template("page.html").render(t=texts, icon=icon) for texts in (english, spanish)]
    assert "Backs &amp; necks" in pages[0]
    assert "Espalda y cuello" in pages[1]


def test_nothing_is_asked_for_that_is_written_in(app):
    def refused(key: str, **_: object) -> str:
        assert key == "blank", key
        return ""

    written(app, Texts("en", TEXTS)).get_template("page.html").render(t=refused)


def test_equal_parts_of_a_page_are_rendered_once():
    made: list[tuple[str, ...]] = []

    def part(*values: str) -> str:
        made.append(values)
        return f"<p>{values}</p>"

    once = Once()
    assert [once(part, "a"), once(part, "b"), once(part, "a")] == ["<p>('a',)</p>", "<p>('b',)</p>", "<p>('a',)</p>"]
    assert made == [("a",), ("b",)]
    assert once(str, "a") == "a", "another part with the same values"


@pytest.mark.parametrize("value", ["plain", "<b>&\"'", Markup("<b>"), 7, None, "", "é>"], ids=repr)
def test_whatever_is_filled_in_is_escaped_as_by_jinja(app, value):
    app.jinja_env.loader = DictLoader(
        {"page.html": "{% macro m(v) %}{{ v }}{% endmacro %}{{ v }}|{{ m(v) }}|{{ [v] | join }}"}
    )
    ours = written(app, Texts("en", {})).get_template("page.html").render(v=value)
    assert ours == app.jinja_env.get_template("page.html").render(v=value)
    assert "<b>&" not in ours
