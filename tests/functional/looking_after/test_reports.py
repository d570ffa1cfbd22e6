"""Reporting a wrong detail without an account: two independent people hide it, one cannot however often."""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

import pytest
from flask import Flask
from flask.testing import FlaskClient

from directory.bootstrap import Composition
from directory.domain.errors import RecordsUnavailable
from directory.registration.reports import Outcome, ReportDesk, ReportField
from directory.web.app import create_app
from directory.web.services import Services
from indexer.rebuild import rebuild
from indexer.reporting import Silent
from tests.factories.registration import Clock, Desk
from tests.functional.accounts.people import token
from tests.functional.looking_after.test_looking_after import MANAGER, clock, desk

__all__ = ["clock", "desk"]


@pytest.fixture
def path(desk: Desk, here: Composition) -> str:
    desk.approved(desk.submitted(account=MANAGER.id))
    rebuild(here.source, here.index("embedded"), here.making(), Silent())
    hits = here.engine_named("embedded").get
    subject = desk.practices.listings(MANAGER.id)[0].subject
    record = here.source.record(subject)
    assert record is not None
    site = record.sites[0].location.id  # type: ignore[union-attr]
    assert hits([f"{subject}.{site}"], here.services().now().date())
    return f"/listings/{subject}.{site}/correct"


@pytest.fixture
def reporting_app(own_services: Services, clock: Clock) -> Flask:
    settings = replace(own_services.settings, report_limit="1000 per hour", trusted_proxies=0)
    reporting = replace(own_services.desks.reporting, now=clock)
    return create_app(replace(own_services, settings=settings, desks=replace(own_services.desks, reporting=reporting)))


def report(app: Flask, path: str, address: str, **headers: str) -> int:
    client: FlaskClient = app.test_client()
    form = {"csrf_token": token(client.get(path).text), "what": "correct", "field": "phone", "message": "Wrong number"}
    return client.post(path, data=form, environ_base={"REMOTE_ADDR": address}, headers=headers).status_code


def test_two_people_on_two_days_hide_a_detail(reporting_app: Flask, path: str, desk: Desk) -> None:
    assert report(reporting_app, path, "192.0.2.1") == 303
    assert desk.reporting.cases() == ()
    assert report(reporting_app, path, "192.0.2.2") == 303
    assert desk.reporting.cases() == (), "on the same day"
    desk.clock.passes(days=1)
    assert report(reporting_app, path, "192.0.2.3") == 303
    (case,) = desk.reporting.cases()
    assert case.field is ReportField.PHONE


def test_a_hidden_detail_is_said_to_be_checked(reporting_app: Flask, path: str, desk: Desk) -> None:
    """The page tells a number that is being checked from one that nobody ever gave."""
    clinic = f"/clinics/{desk.practices.listings(MANAGER.id)[0].subject[1:]}"
    pages = (clinic, f"/es{clinic}")
    client = reporting_app.test_client()
    said = ("visitors reported it as wrong: Phone number", "visitantes dijeron que está mal: Número de teléfono")
    assert not any(words in client.get(page).text for page, words in zip(pages, said, strict=True))
    report(reporting_app, path, "192.0.2.1")
    desk.clock.passes(days=1)
    report(reporting_app, path, "192.0.2.2")
    assert all(words in client.get(page).text for page, words in zip(pages, said, strict=True))
    (case,) = desk.reporting.cases()
    desk.reporting.settle(case.id, Outcome.VERIFIED, "r" * 32)
    assert not any(words in client.get(page).text for page, words in zip(pages, said, strict=True))


class Down:
    """A desk whose records do not answer."""

    def hidden(self, subject: str) -> Mapping[str, frozenset[ReportField]]:
        raise RecordsUnavailable("down")


def test_a_page_is_shown_while_the_records_are_down(own_services: Services, path: str, desk: Desk) -> None:
    reporting = replace(own_services.desks.reporting, desk=cast("ReportDesk", Down()))
    app = create_app(replace(own_services, desks=replace(own_services.desks, reporting=reporting)))
    subject = desk.practices.listings(MANAGER.id)[0].subject
    assert "Juniper Spine" in app.test_client().get(f"/clinics/{subject[1:]}").text


def test_one_person_never_does(reporting_app: Flask, path: str, desk: Desk) -> None:
    for day in range(4):
        assert report(reporting_app, path, "192.0.2.1", **{"X-Forwarded-For": f"203.0.113.{day}"}) == 303
        desk.clock.passes(days=1)
    assert desk.reporting.cases() == ()


def test_a_detail_that_is_none_is_refused(reporting_app: Flask, path: str) -> None:
    client = reporting_app.test_client()
    form = {"csrf_token": token(client.get(path).text), "what": "correct", "field": "owner", "message": "x"}
    refused = client.post(path, data=form)
    assert refused.status_code == 422
    assert "Choose the detail from the list" in refused.text


@pytest.mark.fault(36)
def test_reports_are_limited_whatever_header_rotates(own_services: Services, path: str) -> None:
    app = create_app(replace(own_services, settings=replace(own_services.settings, report_limit="2 per hour")))
    statuses = [report(app, path, "192.0.2.9", **{"X-Forwarded-For": f"203.0.113.{number}"}) for number in range(3)]
    assert statuses == [303, 303, 429]
