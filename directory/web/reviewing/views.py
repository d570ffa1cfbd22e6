"""Views of reviewing. Every one needs the reviewer's role, which needs a second factor."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from directory.domain.application import NotAllowed, OutOfDate
from directory.domain.errors import InvalidInput
from directory.registration.applications import CheckResult
from directory.registration.publishing import Seen
from directory.registration.register import MAX_MESSAGE, RemovalKind, checked_text
from directory.registration.reports import Outcome
from directory.registration.validation import STEPS
from directory.web.forms import check_token, form_page, has_token
from directory.web.identity import account
from directory.web.registering.progress import NAMES
from directory.web.registering.words import Summary
from directory.web.reviewing.queue import SHOWN, Filters, lines
from directory.web.services import Services

_EXPIRED = "This form was open too long. Nothing was decided: what you typed is below, send it again."
_PARTS = {"clinic": "The clinic", "locations": "Location", "people": "Person"}


class ReviewingViews:
    """The reviewer's pages."""

    def __init__(self, services: Services) -> None:
        self._desk = services.desks.reviewing
        self._practices = services.desks.practices
        self._reporting = services.desks.reporting
        self._register = services.desks.register
        self._accounts = services.accounts
        self._now = services.now
        self._summary = Summary(services.vocabulary)

    def queue(self) -> Response:
        filters = Filters.of(request.args)
        shown = lines(self._desk.queue(filters.states), filters, self._now())
        return _page(
            "queue",
            filters=filters,
            lines=shown,
            names={line.item.subject: self._name_of(line.item.subject[1:]) for line in shown},
            states=SHOWN,
            cases=len(self._reporting.cases()),
            requests=len(self._register.open_removals()),
        )

    def dossier(self, application_id: str, *, said: str = "", action: str = "", status: int = 200) -> Response:
        """The evidence beside the claim. What was typed for an action that could not be carried out stays with it."""
        found = self._desk.dossier(account().id, application_id)
        application = found.application
        draft, phone = application.draft, self._desk.registry_phone(application)
        names = {person.npi: self._name_of(person.npi) for person in draft.people if self._name_of(person.npi)}
        summary = [(NAMES[step], self._summary.of(draft, step, names)) for step in STEPS[application.kind]]
        roles = self._practices.roles_to_review(account().id, application.subject) if application.subject else ()
        return _page(
            "dossier",
            dossier=found,
            application=application,
            summary=summary,
            checks=_grouped(found.checks),
            results=CheckResult,
            seen=[item for item in Seen if phone or item is not Seen.CALLED_REGISTRY_PHONE],
            phone=phone,
            title=draft.clinic.name or ", ".join(names.values()),
            owned=self._desk.is_owned_by_another(application),
            roles=roles,
            applicant=self._accounts.by_id(application.account_id),
            own=application.account_id == account().id,
            said=said,
            typed={action: request.form.get("why", "") or request.form.get("note", "")},
            how=request.form.get("how", ""),
            status=status,
        )

    def _name_of(self, number: str) -> str:
        """What the registry calls who has this number; empty where it is not loaded."""
        facts = self._desk.registry.facts(number) if number.isdecimal() else None
        return facts.name if facts is not None else ""

    def begin(self, application_id: str) -> AnyResponse:
        return self._decided(
            application_id, "begin", lambda version: self._desk.begin(account().id, application_id, version)
        )

    def ask_more(self, application_id: str) -> AnyResponse:
        why = request.form.get("why", "")
        return self._decided(
            application_id, "ask_more", lambda version: self._desk.ask_more(account().id, application_id, version, why)
        )

    def decline(self, application_id: str) -> AnyResponse:
        why = request.form.get("why", "")
        return self._decided(
            application_id, "decline", lambda version: self._desk.decline(account().id, application_id, version, why)
        )

    def approve(self, application_id: str) -> AnyResponse:
        how, note = request.form.get("how", ""), request.form.get("note", "")
        if how not in Seen.__members__:
            said = "Say how you made sure: by calling the registry's phone number, or by a document."
            return self.dossier(application_id, said=said, action="approve", status=422)
        return self._decided(
            application_id,
            "approve",
            lambda version: self._desk.approve(account().id, application_id, version, Seen[how], note),
        )

    def confirm_role(self, role_id: str) -> AnyResponse:
        check_token()
        how = request.form.get("how", "")
        if how not in Seen.__members__:
            raise InvalidInput("Say how you made sure that they work there.", "how")
        self._practices.confirm_role(account().id, role_id, Seen[how])
        return _back()

    def reject_role(self, role_id: str) -> AnyResponse:
        check_token()
        self._practices.reject_role(account().id, role_id)
        return _back()

    def reports(self) -> Response:
        """Fields that are hidden because two people reported them."""
        return _page("reports", cases=self._reporting.cases(), today=self._now().date())

    def settle_report(self, case_id: int) -> AnyResponse:
        check_token()
        outcome = request.form.get("outcome", "")
        if outcome not in set(Outcome):
            raise InvalidInput("Say whether the field was verified or the reports dismissed.", "outcome")
        self._reporting.settle(case_id, Outcome(outcome), account().id, pin="pin" in request.form)
        return redirect("/review/reports", 303)

    def removals(self, *, said: str = "", request_id: int = 0, status: int = 200) -> Response:
        """What people asked for by the form on a listing: to correct, hide or remove it."""
        typed = {request_id: request.form.get("resolution", "")}
        return _page("removals", requests=self._register.open_removals(), said=said, typed=typed, status=status)

    def settle_removal(self, request_id: int) -> AnyResponse:
        """Closes a request; hides the listing first where that was asked for and is the decision."""
        if not has_token():
            return self.removals(said=_EXPIRED, request_id=request_id, status=400)
        try:
            resolution = checked_text(request.form.get("resolution", ""), "resolution", MAX_MESSAGE)
        except InvalidInput as error:
            return self.removals(said=str(error), request_id=request_id, status=422)
        asked = next((item for item in self._register.open_removals() if item.id == request_id), None)
        hides = request.form.get("do") == "hide"
        if asked is not None and hides and asked.what is not RemovalKind.CORRECT:
            self._register.hide(asked.subject, "asked by somebody who looks after it")
        elif asked is not None and not hides:
            self._register.settle(request_id, resolution or "settled by a reviewer")
        return redirect("/review/removals", 303)

    def _decided(self, application_id: str, action: str, decide: Callable[[int], object]) -> AnyResponse:
        """Carries a decision out; one that cannot be is shown with what was typed and what stands now."""
        if not has_token():
            return self.dossier(application_id, said=_EXPIRED, action=action, status=400)
        try:
            decide(request.form.get("version", 0, type=int))
        except (InvalidInput, NotAllowed, OutOfDate) as error:
            status = 422 if isinstance(error, InvalidInput) else 409
            return self.dossier(application_id, said=str(error), action=action, status=status)
        return redirect(f"/review/{application_id}", 303)


def make_blueprint(services: Services) -> Blueprint:
    """Everything under /review."""
    views = ReviewingViews(services)
    pages = Blueprint("reviewing", __name__, template_folder="templates", url_prefix="/review")
    pages.add_url_rule("", "queue", views.queue)
    pages.add_url_rule("/reports", "reports", views.reports)
    pages.add_url_rule("/removals", "removals", views.removals)
    pages.add_url_rule("/<application_id>", "dossier", views.dossier)
    for name in ("begin", "ask_more", "decline", "approve"):
        pages.add_url_rule(f"/<application_id>/{name}", name, getattr(views, name), methods=["POST"])
    for name in ("confirm_role", "reject_role"):
        pages.add_url_rule(f"/roles/<role_id>/{name}", name, getattr(views, name), methods=["POST"])
    pages.add_url_rule("/reports/<int:case_id>", "settle_report", views.settle_report, methods=["POST"])
    pages.add_url_rule("/removals/<int:request_id>", "settle_removal", views.settle_removal, methods=["POST"])
    return pages


def _grouped(checks: Any) -> dict[str, list[Any]]:
    """Checks by the part that they are about, in their order: "Location 1"."""
    groups: dict[str, list[Any]] = {}
    for check in checks:
        part, _, row = check.about.partition(".")
        title = _PARTS.get(part, part) + (f" {int(row) + 1}" if row.isdecimal() else "")
        groups.setdefault(title, []).append(check)
    return groups


def _back() -> AnyResponse:
    """To the application from which a role was decided."""
    application_id = request.form.get("application", "")
    return redirect(f"/review/{application_id}" if application_id.isalnum() else "/review", 303)


def _page(name: str, *, status: int = 200, **values: Any) -> Response:
    return form_page(f"reviewing/{name}.html", status, **values)
