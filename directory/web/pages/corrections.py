"""The form by which anybody reports a wrong listing or asks for it to be hidden."""

from collections.abc import Callable

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from directory.domain.errors import InvalidInput
from directory.registration.register import (
    MAX_MESSAGE,
    MAX_REPLY_TO,
    RemovalDesk,
    RemovalKind,
    checked_reply_to,
    checked_text,
)
from directory.registration.reports import MAX_REPORT, ReportField, Reporting
from directory.web.pages.texts import Texts


class CorrectionForm(FlaskForm):  # type: ignore[misc]
    """`what` is a RemovalKind, `field` a ReportField or empty. A token keeps other sites from sending it."""

    what = StringField()
    field = StringField()
    message = TextAreaField()
    reply_to = StringField()


def problems(form: CorrectionForm, texts: Texts) -> dict[str, str]:
    """Field -> what is wrong with it and how to mend it, in the order of the form; empty when it can be sent."""
    found: dict[str, str] = {}
    if not form.validate() and "csrf_token" in form.errors:
        found["form"] = texts("correct.error.token")
    if form.what.data not in list(RemovalKind):
        found["what"] = texts("correct.error.what")
    message = (form.message.data or "").strip()
    if form.what.data == RemovalKind.CORRECT and not message:
        found["message"] = texts("correct.error.message")
    elif _refused(lambda: checked_text(message, "message", MAX_MESSAGE, lines=True)):
        found["message"] = texts("correct.error.message_text", limit=MAX_MESSAGE)
    if _refused(lambda: checked_reply_to(form.reply_to.data or "")):
        found["reply_to"] = texts("correct.error.reply_to", limit=MAX_REPLY_TO)
    if form.field.data and form.field.data not in set(ReportField):
        found["field"] = texts("correct.error.field")
    return found


def report(form: CorrectionForm, listing_id: str, desk: Reporting, client: str) -> None:
    """Counts what is said to be wrong: the second who says so, independent of the first, hides the field."""
    if form.what.data == RemovalKind.CORRECT and form.field.data:
        desk.report(listing_id, ReportField(form.field.data), (form.message.data or "").strip()[:MAX_REPORT], client)


def send(form: CorrectionForm, subject: str, desk: RemovalDesk) -> int:
    """Hands the request in; its number."""
    what, message = RemovalKind(form.what.data), (form.message.data or "").strip()
    if what is RemovalKind.CORRECT and form.field.data:
        message = f"{form.field.data}: {message}"[:MAX_MESSAGE]
    return desk.request_removal(subject, what, message, (form.reply_to.data or "").strip())


def _refused(check: Callable[[], str]) -> bool:
    try:
        check()
    except InvalidInput:
        return True
    return False
