"""Who may call what: one rule for every route. A route without a rule is refused, and a test says so first."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from flask import Flask, redirect, request, url_for
from werkzeug.exceptions import Forbidden, Unauthorized
from werkzeug.wrappers import Response as AnyResponse

from directory.accounts.account import Account, AccountRole
from directory.domain.draft import Step
from directory.web.identity import signed_in


class Who(StrEnum):
    """The least that is asked of a caller."""

    EVERYBODY = "everybody"
    SIGNED_IN = "signed in"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Rule:
    """`own`: what the address names must be the caller's own; all else is answered as if it were not there.

    The use cases see to that: they ask whose a thing is wherever they read it, and raise NotFound.
    """

    who: Who
    own: bool = False


PUBLIC = Rule(Who.EVERYBODY)
OWN = Rule(Who.SIGNED_IN, own=True)
SIGNED_IN = Rule(Who.SIGNED_IN)
REVIEWER = Rule(Who.REVIEWER)
ADMINISTRATOR = Rule(Who.ADMINISTRATOR)
_ROLE = {Who.REVIEWER: AccountRole.REVIEWER, Who.ADMINISTRATOR: AccountRole.ADMINISTRATOR}
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_BOTH_LANGUAGES = (
    "about", "about_ranking", "accessibility", "clinic", "condition", "conditions", "correct", "data-sources", "guide",
    "home", "practitioner", "prepare", "privacy", "quality", "received", "search",
)  # fmt: skip

RULES: Mapping[str, Rule] = {
    # Searching: anybody, unknown.
    **{f"pages.{name}_{language}": PUBLIC for name in _BOTH_LANGUAGES for language in ("en", "es")},
    "pages.favicon": PUBLIC,
    "pages.robots": PUBLIC,
    "pages.sitemap": PUBLIC,
    "pages.static": PUBLIC,
    "api.clinic": PUBLIC,
    "api.condition": PUBLIC,
    "api.conditions": PUBLIC,
    "api.guide": PUBLIC,
    "api.practitioner": PUBLIC,
    "api.search": PUBLIC,
    "api.search_by_post": PUBLIC,
    "api.specialties": PUBLIC,
    "api.suggest": PUBLIC,
    "api.understand": PUBLIC,
    "openapi": PUBLIC,
    "mail_box.mails": PUBLIC,
    "health.alive": PUBLIC,
    "health.metrics": PUBLIC,
    "health.ready": PUBLIC,
    # Signing in: anybody, or somebody halfway in.
    "security.confirm_email": PUBLIC,
    "security.forgot_password": PUBLIC,
    "security.login": PUBLIC,
    "security.mf_recovery": PUBLIC,
    "security.register": PUBLIC,
    "security.reset_password": PUBLIC,
    "security.send_confirmation": PUBLIC,
    "security.tf_select": PUBLIC,
    "security.two_factor_rescue": PUBLIC,
    "security.two_factor_setup": PUBLIC,
    "security.two_factor_token_validation": PUBLIC,
    # Registering by JSON. The lists and the beginning of a registration are of one's own by what they are.
    "registrations_api.mine": SIGNED_IN,
    "registrations_api.start": SIGNED_IN,
    "registrations_api.facts": SIGNED_IN,
    "registrations_api.session": SIGNED_IN,
    **{f"registrations_api.{name}": OWN for name in ("read", "events", "submit", "claim", "withdraw", "revise")},
    **{f"registrations_api.save_{step.value}": OWN for step in Step},
    # Registering a clinic, or claiming one's own listing.
    "registering.about": PUBLIC,
    "registering.mine": SIGNED_IN,
    "registering.start": SIGNED_IN,
    "registering.start_claim": SIGNED_IN,
    **{f"registering.{name}": OWN for name in ("overview", "look_through", "submit", "claim", "withdraw", "revise")},
    **{f"registering.{does}_{step.value}": OWN for does in ("step", "save") for step in Step},
    # Looking after what is listed. A mailed link answers for itself: its token is the right to press its button.
    "looking_after.mine": SIGNED_IN,
    **{f"looking_after.{name}": OWN for name in ("one", "attest", "leave", "come_back", "confirm_role", "end_role")},
    **{f"looking_after.{name}": OWN for name in ("confirm_partner", "end_partner", "invite_partner")},
    "looking_after.still_right": PUBLIC,
    "looking_after.attest_by_mail": PUBLIC,
    "looking_after.invited": PUBLIC,
    "looking_after.accept": SIGNED_IN,
    # Reviewing. Nobody reviews their own application: the use case sees to that.
    **{f"reviewing.{name}": REVIEWER for name in ("queue", "reports", "removals")},
    **{f"reviewing.{name}": REVIEWER for name in ("dossier", "begin", "ask_more", "decline", "approve")},
    **{f"reviewing.{name}": REVIEWER for name in ("confirm_role", "reject_role", "settle_report", "settle_removal")},
    # One's own account.
    "accounts.mine": SIGNED_IN,
    "accounts.sign_out_everywhere": SIGNED_IN,
    "security.change_password": SIGNED_IN,
    "security.logout": SIGNED_IN,
    "security.mf_recovery_codes": SIGNED_IN,
    "security.two_factor_setup_validate": SIGNED_IN,
    "security.verify": SIGNED_IN,
}
"""Endpoint -> rule."""


def install_authorization(app: Flask) -> None:
    """Checks every request against its route's rule before the view runs."""
    app.before_request(_check)


def _check() -> AnyResponse | None:
    endpoint = request.endpoint
    if endpoint is None:
        return None
    rule = RULES.get(endpoint)
    if rule is None:
        raise Forbidden("Nobody has decided yet who may do this.")
    open_to_all_sites = rule is PUBLIC and request.path.startswith("/api/")
    if request.method not in _READING and not open_to_all_sites and _from_elsewhere():
        raise Forbidden("This was sent from another site: open the page here and send it again.")
    return None if rule.who is Who.EVERYBODY else _check_caller(rule.who, signed_in())


def _check_caller(who: Who, caller: Account | None) -> AnyResponse | None:
    if caller is None:
        if request.path.startswith("/api/") or request.method not in _READING:
            raise Unauthorized("Sign in first.")
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")), 303)
    role = _ROLE.get(who)
    if role is None or caller.acts_as(role):
        return None
    if role in caller.roles and not request.path.startswith("/api/"):
        return redirect(url_for("security.two_factor_setup"), 303)
    raise Forbidden(f"This is for those who are {who.value} here.")


def _from_elsewhere() -> bool:
    """Whether a browser says that another site's page sends this. The token in each form is the second lock.

    Our own pages forbid referrers, for which browsers write Origin as null (Fetch standard, 3.2): then, only
    Sec-Fetch-Site tells, which every browser of today sends over HTTPS.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("Origin", "null")
    return origin != "null" and urlsplit(origin).netloc != request.host
