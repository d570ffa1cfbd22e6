"""Registrations as JSON, for the account that is signed in: every view asks one use case."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import orjson
from flask import Response, request
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import PreconditionFailed

from directory.domain.application import Application, OutOfDate
from directory.domain.draft import Step
from directory.domain.errors import InvalidInput, NotFound
from directory.domain.npi import npi as checked_npi
from directory.registration.applying import Applying, Submission
from directory.registration.validation import Problem as StepProblem
from directory.web.api.answering import private
from directory.web.api.registering_json import (
    content_of,
    duplicate_json,
    event_json,
    facts_json,
    registration_json,
    summary_json,
)
from directory.web.errors import Problem, problem_response
from directory.web.identity import account

_CONFLICT = 409


class RegistrationViews:
    """What the API answers about registrations. What is not the account's own is not there."""

    def __init__(self, applying: Applying) -> None:
        self._applying = applying

    def mine(self) -> Response:
        found = self._applying.mine(account().id)
        return private({"registrations": [summary_json(item) for item in found]})

    def start(self, body: Mapping[str, Any]) -> Response:
        """A clinic's draft, or a practitioner's claim of their own listing."""
        me, number = account(), body.get("npi")
        if number is None:
            return self._started(self._applying.start(me.id, me.email))
        return self._started(self._applying.claim_listing(me.id, me.email, number))

    def revise(self, registration_id: str) -> Response:
        return self._started(self._applying.revise(account().id, registration_id))

    def read(self, registration_id: str) -> Response:
        application = self._applying.read(account().id, registration_id)
        return self._whole(application)

    def save(self, registration_id: str, step: Step, body: Mapping[str, Any]) -> Response:
        content = content_of(step, body["content"])
        with _as_asked():
            saved = self._applying.save(account().id, registration_id, step, content, _version(body))
        return _registration(saved.application, saved.problems)

    def claim(self, registration_id: str, body: Mapping[str, Any]) -> Response:
        subject = f"c{body['clinic_id']}"
        with _as_asked():
            return self._whole(self._applying.claim_clinic(account().id, registration_id, subject, _version(body)))

    def submit(self, registration_id: str, body: Mapping[str, Any]) -> Response:
        with _as_asked():
            submission = self._applying.submit(account().id, registration_id, _version(body))
        return _registration(submission.application, ()) if submission.done else _refused(submission)

    def withdraw(self, registration_id: str, body: Mapping[str, Any]) -> Response:
        return _registration(self._applying.withdraw(account().id, registration_id, body["why"]), ())

    def events(self, registration_id: str) -> Response:
        found = self._applying.events(account().id, registration_id)
        return private({"events": [event_json(item) for item in found]})

    def facts(self, number: str) -> Response:
        facts = self._applying.facts(checked_npi(number))
        if facts is None:
            raise NotFound("No registry file that is loaded here holds this number.")
        return private(facts_json(facts))

    def session(self) -> Response:
        me = account()
        roles = sorted(role.value for role in me.roles)
        return private({"email": me.email, "roles": roles, "csrf_token": generate_csrf()})

    def _started(self, application: Application) -> Response:
        response = self._whole(application)
        response.status_code = 201
        response.headers["Location"] = f"/api/v1/registrations/{application.id}"
        return response

    def _whole(self, application: Application) -> Response:
        problems = self._applying.problems(application) if application.is_editable else ()
        return _registration(application, problems)


def _version(body: Mapping[str, Any]) -> int:
    """The version that was read: from the body, or else from If-Match. Raises InvalidInput where neither says."""
    given, tags = body.get("version"), request.if_match.as_set()
    if not tags:
        if given is None:
            raise InvalidInput("Give the version that you read, here or as its ETag in If-Match.", "version")
        return int(given)
    tag = tags.pop() if len(tags) == 1 else ""
    if not (tag.isascii() and tag.isdecimal() and len(tag) < 10):
        raise InvalidInput("If-Match takes the ETag with which the registration was read, and no other.", "If-Match")
    if given not in (None, int(tag)):
        raise InvalidInput("version and If-Match name two versions: leave one of them out.", "version")
    return int(tag)


@contextmanager
def _as_asked() -> Iterator[None]:
    """What is out of date is answered as a failed precondition to those who set one by If-Match."""
    try:
        yield
    except OutOfDate as error:
        if request.if_match.as_set():
            raise PreconditionFailed(str(error)) from error
        raise


def _registration(application: Application, problems: tuple[StepProblem, ...]) -> Response:
    response = private(registration_json(application, problems))
    response.set_etag(str(application.version))
    return response


def _refused(submission: Submission) -> Response:
    """Why it was not taken: what to mend, or which clinic to claim."""
    if submission.problems:
        errors: dict[str, list[str]] = {}
        for item in submission.problems:
            errors.setdefault(f"{item.step.value}.{item.field}".rstrip("."), []).append(item.message)
        return problem_response(Problem(422, "Mend what the errors name, then submit again.", errors))
    return _duplicates(submission)


def _duplicates(submission: Submission) -> Response:
    problem = Problem(_CONFLICT, "The directory lists this clinic already: claim it instead of adding it again.", {})
    response = problem_response(problem)
    body = orjson.loads(response.get_data()) | {"duplicates": [duplicate_json(held) for held in submission.duplicates]}
    response.set_data(orjson.dumps(body))
    return response
