"""The mails of the demonstration: on a page there, and nowhere else."""

from dataclasses import replace

from directory.bootstrap import Composition
from directory.registration.mail import Mail
from directory.web.app import create_app
from directory.web.mail_box import linked
from directory.web.services import Services


def test_mails_are_shown_in_the_demonstration_only(own_services: Services, here: Composition) -> None:
    here.accounts.keep(
        [],
        [Mail("ana@juniper.example", "Hello", "See http://x.example/account/confirm/abc now")],
        here.services().now(),
    )
    assert here.relay.send_due(here.services().now()) == (1, 0)
    demonstration = create_app(replace(own_services, demonstration=lambda: True)).test_client()
    page = demonstration.get("/demonstration/mail").text
    assert '<a href="/account/confirm/abc">http://x.example/account/confirm/abc</a>' in page
    assert create_app(own_services).test_client().get("/demonstration/mail").status_code == 404
    sent = replace(own_services, demonstration=lambda: True, mail_box=None)
    assert create_app(sent).test_client().get("/demonstration/mail").status_code == 404


def test_a_mail_is_shown_as_text() -> None:
    assert str(linked("<b>x</b> http://h.example/a<script> ")) == (
        '&lt;b&gt;x&lt;/b&gt; <a href="/a&lt;script&gt;">http://h.example/a&lt;script&gt;</a> '
    )
