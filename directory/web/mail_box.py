"""The mails of the demonstration on a page: it sends none, so that this is where they are read."""

import re
from collections.abc import Callable

from flask import Blueprint, Response, make_response
from markupsafe import Markup, escape
from werkzeug.exceptions import NotFound

from directory.web.boxed_mail import MailBox
from directory.web.pages.blueprint import english

_LINK = re.compile(r"https?://[^/\s]+(/\S+)")


def make_blueprint(box: MailBox | None, demonstration: Callable[[], bool]) -> Blueprint:
    """/demonstration/mail, which exists only where the records are invented and mails are kept in a box."""
    pages = Blueprint("mail_box", __name__, template_folder="mail_box_templates")

    @pages.get("/demonstration/mail")
    def mails() -> Response:
        if box is None or not demonstration():
            raise NotFound
        shown = [(item, linked(item.mail.body)) for item in box.newest()]
        return make_response(english().render("mail_box.html", translated=False, mails=shown))

    return pages


def linked(body: str) -> Markup:
    """The text with its links, each to the same path on this very site."""
    parts, end = [], 0
    for found in _LINK.finditer(body):
        parts += [escape(body[end : found.start()]), Markup('<a href="{}">{}</a>').format(found[1], found[0])]
        end = found.end()
    return Markup("").join([*parts, escape(body[end:])])
