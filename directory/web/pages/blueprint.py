"""The routes of the pages, in every language."""

from collections.abc import Callable

from flask import Blueprint, Response, current_app, redirect, request
from werkzeug.exceptions import HTTPException, default_exceptions
from werkzeug.wrappers import Response as AnyResponse

from directory.guidance.pathway import Pathway
from directory.web.errors import Problem
from directory.web.pages import feeds
from directory.web.pages.assets import serve
from directory.web.pages.edition import PREFIX, Edition, is_spanish
from directory.web.pages.views import PROSE, Views
from directory.web.services import Services

_EDITIONS = "pages.editions"
_READING = frozenset({"GET", "HEAD"})


def make_blueprint(services: Services) -> Blueprint:
    """Every page, under "/" in English and under "/es/" in Spanish, with the files that they use."""
    pathway = Pathway(services.vocabulary)
    pages = Blueprint("pages", __name__, template_folder="templates")
    editions = {language: Edition(services, language) for language in PREFIX}
    pages.before_app_request(_without_slash)
    pages.record(lambda state: state.app.extensions.update({_EDITIONS: editions}))
    for language, edition in editions.items():
        _add_pages(pages, Views(services, edition, pathway), PREFIX[language], language)
    pages.add_url_rule("/static/<path:name>", "static", serve)
    pages.add_url_rule("/favicon.ico", "favicon", lambda: serve("img/favicon.ico"))
    pages.add_url_rule("/robots.txt", "robots", lambda: feeds.robots(services))
    pages.add_url_rule("/sitemap.xml", "sitemap", lambda: feeds.sitemap(services))
    return pages


def english() -> Edition:
    """The English pages' frame, for what exists in English only."""
    edition: Edition = current_app.extensions[_EDITIONS]["en"]
    return edition


def error_page(problem: Problem) -> str:
    """An error as a page that says what happened and what to do."""
    language = "es" if is_spanish(request.path) else "en"
    edition: Edition = current_app.extensions[_EDITIONS][language]
    return edition.render("error.html", problem=problem, detail=_own_words(problem))


def _add_pages(pages: Blueprint, views: Views, prefix: str, language: str) -> None:
    routes: dict[str, Callable[..., Response]] = {
        "/": views.home,
        "/search": views.search,
        "/practitioners/<npi>": views.practitioner,
        "/clinics/<clinic_id>": views.clinic,
        "/corrections/<any(correct, hide, remove):what>/received": views.received,
        "/guide": views.guide,
        "/prepare": views.prepare,
        "/conditions": views.conditions,
        "/conditions/<slug>": views.condition,
        "/about-ranking": views.about_ranking,
        "/quality": views.quality,
    }
    for rule, view in routes.items():
        pages.add_url_rule(prefix + rule, f"{view.__name__}_{language}", view)
    for name in PROSE:
        pages.add_url_rule(f"{prefix}/{name}", f"{name}_{language}", _prose(views, name))
    rule = f"{prefix}/listings/<listing_id>/correct"
    pages.add_url_rule(rule, f"correct_{language}", views.correct, methods=["GET", "POST"])


def _without_slash() -> AnyResponse | None:
    """Leads from /guide/ to /guide: people type the one, and no page has two addresses."""
    if request.endpoint is not None or request.method not in _READING or not request.path.endswith("/"):
        return None
    path = request.path.rstrip("/")
    adapter = current_app.create_url_adapter(request)
    try:
        if adapter is None or path.startswith("/api/") or not adapter.match(path, method="GET"):
            return None
    except HTTPException:
        # No such page either; or one that would itself be led elsewhere, such as to another host by "//".
        return None
    query = request.query_string.decode()
    return redirect(f"{path}?{query}" if query else path, 308)


def _prose(views: Views, name: str) -> Callable[[], Response]:
    return lambda: views.prose(name)


def _own_words(problem: Problem) -> str:
    """What we say about a problem ourselves, without the framework's standing phrases and without internals."""
    standing = {error.description for error in default_exceptions.values()}
    return problem.detail if problem.status < 500 and problem.detail not in standing else ""
