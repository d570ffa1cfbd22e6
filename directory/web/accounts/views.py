"""The page of one's own account."""

import secrets

from flask import Blueprint, Response, redirect
from flask_security import logout_user
from werkzeug.wrappers import Response as AnyResponse

from directory.web.forms import check_token, form_page
from directory.web.identity import account
from directory.web.services import Services


def make_blueprint(services: Services) -> Blueprint:
    """/account, and signing out everywhere."""
    pages = Blueprint("accounts", __name__, template_folder="templates")

    @pages.get("/account")
    def mine() -> Response:
        return form_page("accounts/mine.html", account=account())

    @pages.post("/account/sign-out-everywhere")
    def sign_out_everywhere() -> AnyResponse:
        check_token()
        kept = services.accounts.by_id(account().id)
        if kept is not None:
            kept.sessions = secrets.token_hex(16)
            services.accounts.keep([kept], (), services.now())
        logout_user()
        return redirect("/account/sign-in", 303)

    return pages
