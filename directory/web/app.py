"""The Flask application: pages and JSON over the same services."""

from flask import Flask
from flask_limiter import Limiter
from werkzeug.middleware.proxy_fix import ProxyFix

from directory.web import health, mail_box
from directory.web.accounts.install import install_accounts
from directory.web.accounts.sessions import identity
from directory.web.allowing import Allowing
from directory.web.api.direct import DirectSearch
from directory.web.api.documented import install_api
from directory.web.api.searching import Searching
from directory.web.auditing import install_auditing
from directory.web.authorization import install_authorization
from directory.web.errors import install_errors
from directory.web.front import Front
from directory.web.headers import install_headers
from directory.web.identity import install_identity
from directory.web.limits import install_limits, look_only_where_limits_are
from directory.web.looking_after import views as looking_after
from directory.web.measuring import install_measuring
from directory.web.pages.blueprint import error_page, make_blueprint
from directory.web.registering import views as registering
from directory.web.revalidating import Revalidating
from directory.web.reviewing import views as reviewing
from directory.web.services import Services, WebSettings


def create_app(services: Services) -> Flask:
    """The application over the given services. It reads no environment and opens nothing by itself."""
    app = Flask(__name__, static_folder=None)
    _configure(app, services.settings)
    install_measuring(app)
    limiter = install_limits(app)
    install_headers(app)
    install_errors(app, error_page)
    install_identity(app, identity)
    install_authorization(app)
    install_auditing(app)
    install_accounts(app, services, limiter)
    searching, revalidating = Searching(services), Revalidating(services)
    install_api(app, services, limiter, searching, revalidating)
    app.register_blueprint(make_blueprint(services))
    _limit_reports(app, limiter, services.settings.report_limit)
    app.register_blueprint(registering.make_blueprint(services))
    app.register_blueprint(reviewing.make_blueprint(services))
    app.register_blueprint(looking_after.make_blueprint(services))
    app.register_blueprint(mail_box.make_blueprint(services.mail_box, services.demonstration))
    app.register_blueprint(health.make_blueprint(services.engine, services.records_answer))
    look_only_where_limits_are(app, limiter)
    _put_before(app, services.settings, DirectSearch(app, searching, revalidating), revalidating)
    return app


def _put_before(app: Flask, settings: WebSettings, direct: DirectSearch, revalidating: Revalidating) -> None:
    app.wsgi_app = Front(app.wsgi_app, Allowing(settings.rate_limit), revalidating, direct)  # type: ignore[method-assign]
    if hops := settings.trusted_proxies:
        # Not the host: a proxy that leaves X-Forwarded-Host alone would let a visitor write our own addresses.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]


def _limit_reports(app: Flask, limiter: Limiter, limit: str) -> None:
    """Both languages of the form together: a hundred reports by one client are no hundred witnesses."""
    shared = limiter.shared_limit(limit, scope="reports", methods=["POST"])
    for endpoint in ("pages.correct_en", "pages.correct_es"):
        app.view_functions[endpoint] = shared(app.view_functions[endpoint])  # type: ignore[assignment]


def _configure(app: Flask, settings: WebSettings) -> None:
    app.config["SECRET_KEY"] = settings.secret_key
    app.config["SESSION_COOKIE_HTTPONLY"] = True
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    if settings.public_url.startswith("https:"):
        app.config["SESSION_COOKIE_SECURE"] = True
        # No neighbouring host can set or overwrite a cookie of this name.
        app.config["SESSION_COOKIE_NAME"] = "__Host-session"
