"""What robots read: which pages to list and which to leave alone."""

from flask import Response, render_template, request

from directory.web.pages.edition import PREFIX
from directory.web.pages.views import PROSE
from directory.web.services import Services

_UNLISTED = ("/search", "/practitioners/", "/clinics/", "/listings/", "/corrections/", "/api/")
_LISTED = ("/", "/guide", "/prepare", "/conditions", "/about-ranking", "/quality", *(f"/{name}" for name in PROSE))


def robots(services: Services) -> Response:
    """robots.txt. Results are not for search engines; pages about people carry noindex besides."""
    lines = ["User-agent: *"]
    lines += [f"Disallow: {prefix}{path}" for path in _UNLISTED for prefix in PREFIX.values()]
    lines.append(f"Sitemap: {_root(services)}/sitemap.xml")
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


def sitemap(services: Services) -> Response:
    """sitemap.xml, with the translation of every page."""
    paths = (*_LISTED, *(f"/conditions/{slug}" for slug in services.vocabulary.conditions))
    body = render_template("sitemap.xml", root=_root(services), paths=paths, prefixes=PREFIX)
    return Response(body, mimetype="application/xml")


def _root(services: Services) -> str:
    return services.settings.public_url.rstrip("/") or request.url_root.rstrip("/")
