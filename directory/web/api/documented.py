"""OpenAPI 3.1 from the views, with the application's own error answers."""

from typing import Any

from flask import Flask
from flask_smorest import Api

from directory.web.api.schemas import ProblemSchema
from directory.web.api.views import make_blueprint
from directory.web.services import Services

_DESCRIPTION = (
    "Verified practitioners and clinics for back, neck and spine care. Reading is anonymous and free. "
    "Not medical advice: in an emergency call 911."
)


class DocumentedApi(Api):
    """flask-smorest's Api, except that errors are answered by `directory.web.errors`."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """Leaves errors to the application: one table for pages and JSON."""


def install_api(app: Flask, services: Services) -> None:
    """Registers version 1 and its description at /api/v1/openapi.json."""
    options: dict[str, Any] = {
        "API_TITLE": "Back pain provider directory",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api/v1",
        "OPENAPI_JSON_PATH": "openapi.json",
    }
    app.config.update(options)
    api = DocumentedApi(app, spec_kwargs={"info": {"description": _DESCRIPTION}})
    api.register_blueprint(make_blueprint(services))
