"""Pages with forms for people with an account: in English, with a token of the session that each form sends back."""

from flask import Response, make_response
from flask_wtf import FlaskForm
from werkzeug.exceptions import Forbidden

from directory.web.pages.blueprint import english


def check_token() -> None:
    """Raises Forbidden (403) for a form that is too old, or was sent by another site."""
    if not has_token():
        raise Forbidden("This form was open too long, or came from elsewhere: go back, reload the page, send it again.")


def has_token() -> bool:
    """Whether the request carries the token of its own session."""
    return bool(FlaskForm().validate())


def form_page(template: str, status: int = 200, **values: object) -> Response:
    """The page, with `form` for its tokens."""
    return make_response(english().render(template, translated=False, form=FlaskForm(), **values), status)
