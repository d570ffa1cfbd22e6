"""OpenAPI 3.1 from the views, with the application's own error answers."""

from http import HTTPStatus
from typing import Any

from flask import Flask, Response
from flask_limiter import Limiter
from flask_smorest import Api

from directory.web.api import registering_routes
from directory.web.api.answering import PROBLEM, Prepared
from directory.web.api.schemas import ProblemSchema
from directory.web.api.searching import Searching
from directory.web.api.views import make_blueprint
from directory.web.revalidating import Revalidating
from directory.web.services import Services

_DESCRIPTION = (
    "Verified practitioners and clinics for back, neck and spine care. Reading is anonymous and free. "
    "Not medical advice: in an emergency call 911."
)
_DAY_S = 86_400


class DocumentedApi(Api):
    """flask-smorest's Api, except that errors are answered by `directory.web.errors`, and documented as such."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """Leaves errors to the application: one table for pages and JSON."""

    def _register_responses(self) -> None:
        """Every error is a problem, whatever its status."""
        named = {status.name: status.phrase for status in HTTPStatus if status >= HTTPStatus.BAD_REQUEST}
        for name, phrase in {**named, self.DEFAULT_ERROR_RESPONSE_NAME: "An error"}.items():
            response = {"description": phrase, "content": {PROBLEM: {"schema": ProblemSchema}}}
            self.spec.components.response(name, response, lazy=True)


def install_api(
    app: Flask, services: Services, limiter: Limiter, searching: Searching, revalidating: Revalidating
) -> None:
    """Registers version 1 and its description at /api/v1/openapi.json."""
    options: dict[str, Any] = {
        "API_TITLE": "Back pain provider directory",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
    }
    app.config.update(options)
    api = DocumentedApi(app, spec_kwargs={"info": {"description": _DESCRIPTION}})
    api.register_blueprint(make_blueprint(services, searching, revalidating))
    api.register_blueprint(registering_routes.make_blueprint(services, limiter))
    _describe_session(api, app.config["SESSION_COOKIE_NAME"])
    description = Prepared(api.spec.to_dict(), _DAY_S)

    @app.get("/api/v1/openapi.json")
    def openapi() -> Response:
        return description.response()


def _describe_session(api: Api, cookie: str) -> None:
    """How a request says whose it is, and that no other site sends it."""
    schemes = api.spec.components
    schemes.security_scheme(registering_routes.SESSION, {"type": "apiKey", "in": "cookie", "name": cookie})
    token = {"type": "apiKey", "in": "header", "name": registering_routes.CSRF_HEADER}
    schemes.security_scheme(registering_routes.TOKEN, token)
