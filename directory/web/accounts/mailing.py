"""Mails about accounts: queued with the change they tell of, sent by the relay like all others."""

from typing import Any, cast

from flask import current_app, request
from flask_security import MailUtil
from flask_security.proxies import _datastore

from directory.registration.mail import Mail
from directory.web.accounts.members import Members

PUBLIC_URL = "DIRECTORY_PUBLIC_URL"
ALREADY = "accounts/mail/already"


class QueuedMails(MailUtil):
    """Flask-Security's mails, into the queue of the records."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        # The library gives both mails the subject of the first.
        subject = "You have an account here already" if template == ALREADY else subject
        # A visitor chooses the Host header: a link in somebody's mail must not lead where that says.
        base = current_app.config[PUBLIC_URL] or request.host_url.rstrip("/")
        text = (body or "").replace(request.host_url.rstrip("/"), base).strip()
        cast("Members", _datastore).keep(Mail(str(recipient), str(subject), f"{text}\n"))
