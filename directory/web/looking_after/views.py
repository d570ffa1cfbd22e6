"""Views for the owners of listings, and for whoever follows a link from one of our mails."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from directory.domain.application import Application, State
from directory.domain.clinic import ReferralLink
from directory.domain.errors import InvalidInput, NotFound
from directory.registration.practices import OwnedListing
from directory.web.clinic_finding import clinics_named
from directory.web.forms import form_page, has_token
from directory.web.identity import account, signed_in
from directory.web.services import Services


class LookingAfterViews:
    """The owner's pages."""

    def __init__(self, services: Services) -> None:
        self._practices = services.desks.practices
        self._linking = services.desks.linking
        self._applying = services.desks.applying
        self._engine = services.engine
        self._now = services.now

    def mine(self) -> Response:
        return _page("mine", listings=self._practices.listings(account().id), today=self._today())

    def one(self, subject: str, *, said: str = "", field: str | None = None, status: int = 200) -> Response:
        """A listing with everything that its owner can do about it. `said` is what is wrong, with which `field`."""
        listing = self._own(subject)
        return _page(
            "one",
            listing=listing,
            clinic=subject.startswith("c"),
            roles=self._practices.roles(account().id, subject),
            links=self._links(subject[1:]) if subject.startswith("c") else (),
            registration=self._registration(subject),
            found=clinics_named(self._engine, request.args.get("clinic", ""), self._today()),
            today=self._today(),
            said=said,
            field=field,
            status=status,
        )

    def attest(self, subject: str) -> AnyResponse:
        """ "Still right"."""
        return self._do(subject, lambda: self._practices.attest(account().id, subject))

    def leave(self, subject: str) -> AnyResponse:
        return self._do(subject, lambda: self._practices.leave(account().id, subject))

    def come_back(self, subject: str) -> AnyResponse:
        return self._do(subject, lambda: self._practices.come_back(account().id, subject))

    def confirm_role(self, subject: str, role_id: str) -> AnyResponse:
        """By the practitioner alone: a clinic cannot."""
        return self._do(subject, lambda: self._practices.confirm_own_role(account().id, role_id))

    def end_role(self, subject: str, role_id: str) -> AnyResponse:
        return self._do(subject, lambda: self._practices.end_role(account().id, role_id))

    def confirm_partner(self, subject: str) -> AnyResponse:
        """Invites a listed clinic, or confirms its invitation."""
        partner = request.form.get("partner_id", "")
        return self._do(subject, lambda: self._linking.confirm(account().id, subject[1:], partner), "#partners")

    def end_partner(self, subject: str) -> AnyResponse:
        partner = request.form.get("partner_id", "")
        return self._do(subject, lambda: self._linking.end(account().id, subject[1:], partner), "#partners")

    def invite_partner(self, subject: str) -> AnyResponse:
        email = request.form.get("email", "")
        invited = "?invited=1#partners"
        return self._do(subject, lambda: self._linking.invite(account().id, subject[1:], email), invited)

    def _do(self, subject: str, action: Callable[[], object], more: str = "") -> AnyResponse:
        """Does it and leads back to the listing; what cannot be used is said there, with what was typed."""
        try:
            _check_token()
            action()
        except InvalidInput as error:
            return self.one(subject, said=str(error), field=error.field, status=422)
        return _to(subject, more)

    def still_right(self, token: str, *, said: str = "", status: int = 200) -> Response:
        """What a mailed reminder leads to. Looking uses nothing up: mail programs open links by themselves."""
        try:
            listing = self._practices.about_token(token)
        except NotFound as error:
            return _page("used", said=str(error), status=404)
        return _page("still_right", listing=listing, token=token, said=said, status=status)

    def attest_by_mail(self, token: str) -> Response:
        try:
            _check_token()
            return _page("confirmed", listing=self._practices.attest_by_token(token))
        except InvalidInput as error:
            return self.still_right(token, said=str(error), status=422)
        except NotFound as error:
            return _page("used", said=str(error), status=404)

    def invited(self, token: str, *, said: str = "", status: int = 200) -> Response:
        """Whoever is invited as a referral partner chooses for which of their clinics they accept."""
        caller = signed_in()
        listings = self._practices.listings(caller.id) if caller else ()
        clinics = [item for item in listings if item.subject.startswith("c")]
        return _page("invited", caller=caller, clinics=clinics, token=token, said=said, status=status)

    def accept(self, token: str) -> AnyResponse:
        subject = request.form.get("subject", "")
        try:
            _check_token()
            self._linking.accept(account().id, subject[1:], token)
        except (NotFound, InvalidInput) as error:
            return self.invited(token, said=str(error), status=422)
        return _to(subject, "#partners")

    def _own(self, subject: str) -> OwnedListing:
        """Raises NotFound for a listing of somebody else."""
        found = next((item for item in self._practices.listings(account().id) if item.subject == subject), None)
        if found is None:
            raise NotFound("There is no such listing.")
        return found

    def _links(self, clinic_id: str) -> list[tuple[ReferralLink, str, str]]:
        """(link, id of the other clinic, its name), those that were ended left out."""
        links = [link for link in self._linking.links(account().id, clinic_id) if link.ended_on is None]
        others = [link.partner_id if link.clinic_id == clinic_id else link.clinic_id for link in links]
        return [(link, other, self._applying.clinic_name(other)) for link, other in zip(links, others, strict=True)]

    def _registration(self, subject: str) -> Application | None:
        """The registration by which the listing is changed: an open one before the approved one."""
        about = [item for item in self._applying.mine(account().id) if item.subject == subject]
        open_one = next((item for item in about if item.is_open), None)
        return open_one or next((item for item in about if item.state is State.APPROVED), None)

    def _today(self) -> date:
        return self._now().date()


def make_blueprint(services: Services) -> Blueprint:
    """/my-listings, and the pages that mails lead to."""
    views = LookingAfterViews(services)
    pages = Blueprint("looking_after", __name__, template_folder="templates")
    one = "/my-listings/<subject>"
    pages.add_url_rule("/my-listings", "mine", views.mine)
    pages.add_url_rule(one, "one", views.one)
    for name in ("attest", "leave", "come_back", "confirm_partner", "end_partner", "invite_partner"):
        pages.add_url_rule(f"{one}/{name}", name, getattr(views, name), methods=["POST"])
    for name in ("confirm_role", "end_role"):
        pages.add_url_rule(f"{one}/roles/<role_id>/{name}", name, getattr(views, name), methods=["POST"])
    pages.add_url_rule("/still-right/<token>", "still_right", views.still_right)
    pages.add_url_rule("/still-right/<token>", "attest_by_mail", views.attest_by_mail, methods=["POST"])
    pages.add_url_rule("/partners/<token>", "invited", views.invited)
    pages.add_url_rule("/partners/<token>", "accept", views.accept, methods=["POST"])
    return pages


def _check_token() -> None:
    """Raises InvalidInput for a form that another site sent, or that was open for too long."""
    if not has_token():
        raise InvalidInput("This form was open for too long. Nothing was changed: please send it once more.")


def _to(subject: str, more: str = "") -> AnyResponse:
    return redirect(f"/my-listings/{subject}{more}", 303)


def _page(name: str, *, status: int = 200, **values: Any) -> Response:
    return form_page(f"looking_after/{name}.html", status, **values)
