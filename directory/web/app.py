"""The Flask application: pages and JSON over the same services."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from directory.web.errors import install_errors
from directory.web.headers import install_headers
from directory.web.pages.blueprint import error_page, make_blueprint
from directory.web.services import Services

MAX_BODY = 256 * 1024
"""Bytes of a request body; more is refused with 413."""


def create_app(services: Services) -> Flask:
    """The application over the given services. It reads no environment and opens nothing by itself."""
    app = Flask(__name__, static_folder=None)
    app.config["SECRET_KEY"] = services.settings.secret_key
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["SESSION_COOKIE_HTTPONLY"] = True
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    if hops := services.settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    install_headers(app)
    install_errors(app, error_page)
    app.register_blueprint(make_blueprint(services))
    return app
