"""The routes of registrations: documented by their schemas, for accounts, changed only with the session's token."""

from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask_limiter import Limiter
from flask_smorest import Blueprint
from flask_wtf.csrf import validate_csrf
from marshmallow import RAISE
from werkzeug.exceptions import Forbidden
from wtforms import ValidationError

from directory.domain.draft import Step
from directory.web.api import registering_schemas as schemas
from directory.web.api.answering import PROBLEM, refuse_other_bodies
from directory.web.api.presenting import Json
from directory.web.api.registrations import RegistrationViews
from directory.web.api.schemas import ProblemSchema
from directory.web.api.views import NPI_IN_PATH
from directory.web.identity import account, signed_in
from directory.web.limits import client
from directory.web.services import Services

NAME = "registrations_api"
CSRF_HEADER = "X-CSRF-Token"
SESSION, TOKEN = "session", "csrf"
"""Names of the security schemes in the description."""
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_ID = {
    "in": "path",
    "name": "registration_id",
    "description": "As it was answered when the registration was started.",
    "schema": {"type": "string"},
}
_View = Callable[..., Response]
_Decorator = Callable[[_View], _View]


def make_blueprint(services: Services, limiter: Limiter) -> Blueprint:
    """The routes of registrations, counted by account on top of the limit by client."""
    views = RegistrationViews(services.desks.applying)
    api = Blueprint(NAME, __name__, url_prefix="/api/v1", description="Register a clinic, or claim a listing")
    _collection_routes(api, views)
    _step_routes(api, views)
    _move_routes(api, views)
    _registry_routes(api, views, limiter.limit(services.settings.look_up_limit, key_func=_caller))
    api.before_request(refuse_other_bodies)
    api.before_request(_refuse_without_token)
    limiter.shared_limit(services.settings.account_limit, scope=NAME, key_func=_caller)(api)
    return api


_MAY_SAY: dict[str, Any] = {"security": [{SESSION: []}]}
_MAY_CHANGE: dict[str, Any] = {"security": [{SESSION: [], TOKEN: []}]}
_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "description": "The ETag with which the registration was read, instead of version.",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
}
_OF_A_VERSION: dict[str, Any] = {**_MAY_CHANGE, "parameters": [_IF_MATCH]}
_ETAG = {"ETag": {"description": "The version, quoted.", "schema": {"type": "string"}}}


def _collection_routes(api: Blueprint, views: RegistrationViews) -> None:
    @api.get("/registrations")
    @api.doc(**_MAY_SAY)
    @api.response(200, schemas.RegistrationsSchema)
    def mine() -> Response:
        """Registrations of the account, the latest change first."""
        return views.mine()

    @api.post("/registrations")
    @api.doc(**_MAY_CHANGE)
    @api.arguments(schemas.StartRequest(), unknown=RAISE)
    @api.response(201, schemas.RegistrationSchema, headers=_ETAG)
    @api.alt_response(404, schema=ProblemSchema, content_type=PROBLEM)
    def start(body: Json) -> Response:
        """Start a registration: a clinic's, or with `npi` the claim of a practitioner's own listing."""
        return views.start(body)

    @api.get("/registrations/<registration_id>", parameters=[_ID])
    @api.doc(**_MAY_SAY)
    @api.response(200, schemas.RegistrationSchema, headers=_ETAG)
    @api.alt_response(404, schema=ProblemSchema, content_type=PROBLEM)
    def read(registration_id: str) -> Response:
        """One registration, with all that was typed and what is still wrong with it. Its ETag names its version."""
        return views.read(registration_id)

    @api.get("/registrations/<registration_id>/events", parameters=[_ID])
    @api.doc(**_MAY_SAY)
    @api.response(200, schemas.EventsSchema)
    @api.alt_response(404, schema=ProblemSchema, content_type=PROBLEM)
    def events(registration_id: str) -> Response:
        """What became of it, oldest first."""
        return views.events(registration_id)


def _step_routes(api: Blueprint, views: RegistrationViews) -> None:
    for step in Step:
        _step_route(api, views, step)


def _step_route(api: Blueprint, views: RegistrationViews, step: Step) -> None:
    @api.put(f"/registrations/<registration_id>/steps/{step.value}", endpoint=f"save_{step.value}", parameters=[_ID])
    @api.doc(summary=f"Save the step {step.value} as it stands, complete or not", **_OF_A_VERSION)
    @api.arguments(schemas.step_request(step), unknown=RAISE)
    @api.response(200, schemas.RegistrationSchema, headers=_ETAG)
    @_refusals(api)
    def save(body: Json, registration_id: str) -> Response:
        return views.save(registration_id, step, body)


def _move_routes(api: Blueprint, views: RegistrationViews) -> None:
    @api.post("/registrations/<registration_id>/submit", parameters=[_ID])
    @api.doc(**_OF_A_VERSION)
    @api.arguments(schemas.VersionRequest(), unknown=RAISE)
    @api.response(200, schemas.RegistrationSchema, headers=_ETAG)
    @api.alt_response(404, schema=ProblemSchema, content_type=PROBLEM)
    @api.alt_response(409, schema=schemas.DuplicatesProblemSchema, content_type=PROBLEM)
    @api.alt_response(412, schema=ProblemSchema, content_type=PROBLEM)
    def submit(body: Json, registration_id: str) -> Response:
        """Hand it in. Safe to repeat: what was submitted is answered as it is."""
        return views.submit(registration_id, body)

    @api.post("/registrations/<registration_id>/claim", parameters=[_ID])
    @api.doc(**_OF_A_VERSION)
    @api.arguments(schemas.ClaimRequest(), unknown=RAISE)
    @api.response(200, schemas.RegistrationSchema, headers=_ETAG)
    @_refusals(api)
    def claim(body: Json, registration_id: str) -> Response:
        """Make it about a clinic that is listed already. Reviewers decide whether the claim holds."""
        return views.claim(registration_id, body)

    @api.post("/registrations/<registration_id>/withdraw", parameters=[_ID])
    @api.doc(**_MAY_CHANGE)
    @api.arguments(schemas.WithdrawRequest(), unknown=RAISE)
    @api.response(200, schemas.RegistrationSchema, headers=_ETAG)
    @_refusals(api)
    def withdraw(body: Json, registration_id: str) -> Response:
        """Take it back. Safe to repeat."""
        return views.withdraw(registration_id, body)

    @api.post("/registrations/<registration_id>/revise", parameters=[_ID])
    @api.doc(**_MAY_CHANGE)
    @api.arguments(schemas.EmptyRequest(), unknown=RAISE)
    @api.response(201, schemas.RegistrationSchema, headers=_ETAG)
    @_refusals(api)
    def revise(_body: Json, registration_id: str) -> Response:
        """Start a change of what was approved."""
        return views.revise(registration_id)


def _registry_routes(api: Blueprint, views: RegistrationViews, limited: _Decorator) -> None:
    @api.get("/registry/<npi>", parameters=[NPI_IN_PATH])
    @api.doc(**_MAY_SAY)
    @api.response(200, schemas.RegistryFactsSchema)
    @api.alt_response(404, schema=ProblemSchema, content_type=PROBLEM)
    @limited
    def facts(npi: str) -> Response:
        """What the national registry says of a number, to fill a form with."""
        return views.facts(npi)

    @api.get("/session")
    @api.doc(**_MAY_SAY)
    @api.response(200, schemas.SessionSchema)
    def session() -> Response:
        """Who is signed in, and the token that changes need."""
        return views.session()


def _refusals(api: Blueprint) -> _Decorator:
    """Documents the answers to what is not there, cannot be done now, or was changed meanwhile."""

    def documented(view: _View) -> _View:
        for status in (404, 409, 412):
            view = api.alt_response(status, schema=ProblemSchema, content_type=PROBLEM)(view)
        return view

    return documented


def _caller() -> str:
    """Who is counted: the account, wherever it asks from."""
    me = signed_in()
    return client() if me is None else f"account {me.id}"


def _refuse_without_token() -> None:
    """A page elsewhere can make a browser send the cookie, and cannot read the token."""
    account()
    if request.method in _READING:
        return
    try:
        validate_csrf(request.headers.get(CSRF_HEADER))
    except ValidationError:
        raise Forbidden(
            f"Send the csrf_token of GET /api/v1/session in the header {CSRF_HEADER}, with the session's cookie."
        ) from None
