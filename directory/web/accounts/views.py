"""The page of one's own account."""

import secrets

from flask import Blueprint, Response, make_response, redirect
from flask_security import logout_user
from flask_wtf import FlaskForm
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as AnyResponse

from directory.web.identity import account
from directory.web.pages.blueprint import english
from directory.web.services import Services


def make_blueprint(services: Services) -> Blueprint:
    """/account, and signing out everywhere."""
    pages = Blueprint("accounts", __name__, template_folder="templates")

    @pages.get("/account")
    def mine() -> Response:
        page = english().render("accounts/mine.html", translated=False, account=account(), form=FlaskForm())
        return make_response(page)

    @pages.post("/account/sign-out-everywhere")
    def sign_out_everywhere() -> AnyResponse:
        if not FlaskForm().validate():
            raise Forbidden("This form was open too long, or came from elsewhere: go back and send it again.")
        kept = services.accounts.by_id(account().id)
        if kept is not None:
            kept.sessions = secrets.token_hex(16)
            services.accounts.keep([kept], (), services.now())
        logout_user()
        return redirect("/account/sign-in", 303)

    return pages
