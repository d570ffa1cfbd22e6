"""The public figures about the records; on SQLite and on PostgreSQL."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from directory.domain.evidence import Level
from directory.records.quality import SqlQuality
from directory.registration.quality import age_band
from directory.registration.reports import Outcome, ReportField
from tests.factories import loads as make
from tests.factories.records import TODAY, npi
from tests.factories.registration import OWNER, REVIEWER, Clock, Desk

REGISTRY_TODAY = (Level.REGISTRY, 30)


def test_nothing_is_counted_where_there_is_nothing(engine: Engine) -> None:
    found = SqlQuality(engine).quality(Clock()())
    assert (found.as_of, found.listings, found.open_reports) == (TODAY, {}, 0)
    assert (found.oldest_report_days, found.median_days_to_mend) == (None, None)


def test_listings_are_counted_by_their_strongest_level_and_its_age(engine: Engine) -> None:
    # Checked ten days ago, as the factories say.
    make.loaded(engine, [], [make.person(1), make.person(2), make.person(3, hidden=True)])
    desk, quality = Desk(engine), SqlQuality(engine)
    assert quality.quality(desk.clock()).listings == {REGISTRY_TODAY: 2}
    subject = desk.approved(desk.submitted()).subject
    # Roles that nobody confirmed are no listings.
    assert quality.quality(desk.clock()).listings == {REGISTRY_TODAY: 2, (Level.REVIEWED, 30): 1}
    desk.clock.passes(days=45)
    assert quality.quality(desk.clock()).listings == {(Level.REGISTRY, 60): 2, (Level.REVIEWED, 60): 1}
    desk.practices.attest(OWNER, subject)
    desk.clock.passes(days=89)
    assert quality.quality(desk.clock()).listings == {(Level.REVIEWED, None): 1}
    desk.clock.passes(days=1)
    assert quality.quality(desk.clock()).listings == {}


def test_reports_are_counted_until_they_are_settled(engine: Engine) -> None:
    make.loaded(engine, [], [make.person(1)])
    desk, quality = Desk(engine), SqlQuality(engine)
    for client in ("a", "b"):
        desk.reporting.report(f"p{npi(1)}.{make.place().id}", ReportField.PHONE, "", client)
        desk.clock.passes(days=1)
    found = quality.quality(desk.clock())
    assert (found.open_reports, found.overdue_reports, found.oldest_report_days) == (1, 0, 1)
    desk.clock.passes(days=9)
    assert quality.quality(desk.clock()).overdue_reports == 1
    desk.reporting.settle(desk.reporting.cases()[0].id, Outcome.VERIFIED, REVIEWER)
    found = quality.quality(desk.clock())
    assert (found.open_reports, found.settled_in_a_year, found.median_days_to_mend) == (0, 1, 10.0)
    desk.clock.passes(days=366)
    assert quality.quality(desk.clock()).settled_in_a_year == 0


@pytest.mark.parametrize(("days", "band"), [(0, 30), (30, 30), (31, 60), (90, 90), (120, 120), (121, None)])
def test_bands_of_age(days: int, band: int | None) -> None:
    assert age_band(TODAY - timedelta(days=days), TODAY) == band
