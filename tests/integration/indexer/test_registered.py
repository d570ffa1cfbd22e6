"""From registration into search, on both engines: approved, changed, reported, expired and excluded."""

import csv
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from directory.bootstrap import now
from directory.domain.draft import PersonDraft
from directory.domain.evidence import Level
from directory.registration.publishing import Seen
from directory.registration.reports import ReportField
from directory.search.listing import Field, Listing
from indexer.exclusions import load
from indexer.reconcile import reconcile
from indexer.reporting import Silent
from tests.factories.registration import DRAFT, OWNER, REVIEWER, Clock, Desk
from tests.factories.registry import individual, number
from tests.integration.indexer.conftest import Site, today


def desk_of(site: Site) -> Desk:
    site.load(individual(1), individual(2))
    site.rebuild()
    return Desk(site.composition.database, Clock(now()))


def registered(site: Site, desk: Desk) -> str:
    """The subject of an approved clinic of the two."""
    people = (PersonDraft(npi=number(1)), PersonDraft(npi=number(2)))
    return desk.approved(desk.submitted(replace(DRAFT, people=people))).subject


def shown(site: Site, subject: str) -> tuple[Listing, ...]:
    site.sync()
    return site.composition.engine.of_subject(subject, today())


def equal(site: Site) -> bool:
    """Whether record and index agree without anything to mend."""
    done = reconcile(site.composition.source, site.index, site.composition.making(), Silent())
    return not done.first.differences


def test_an_approved_clinic_is_found_with_the_next_sync(any_site: Site) -> None:
    desk = desk_of(any_site)
    subject = registered(any_site, desk)
    (listing,) = shown(any_site, subject)
    assert (listing.name, listing.tokens[Field.LEVEL]) == ("Juniper Spine", (Level.REVIEWED.value,))
    assert listing.card.people == ()
    for item in desk.practices.roles(OWNER, subject):
        desk.practices.confirm_role(REVIEWER, item.role_id, Seen.CALLED_REGISTRY_PHONE)
    (listing,) = shown(any_site, subject)
    assert [person.npi for person in listing.card.people] == [number(1), number(2)]
    assert equal(any_site)


def test_a_later_registry_file_leaves_alone_what_a_practice_states(any_site: Site) -> None:
    desk = desk_of(any_site)
    subject = registered(any_site, desk)
    any_site.load(individual(1, family="RENAMED"), individual(2))
    (listing,) = shown(any_site, subject)
    assert listing.card.phone == "+13125550100"
    assert equal(any_site)


def test_two_reports_take_a_phone_from_the_card(any_site: Site) -> None:
    desk = desk_of(any_site)
    subject = registered(any_site, desk)
    (listing,) = shown(any_site, subject)
    for client in ("a", "b"):
        desk.reporting.report(listing.id, ReportField.PHONE, "", client)
        desk.clock.passes(days=1)
    (listing,) = shown(any_site, subject)
    assert listing.card.phone == ""
    assert listing.card.website == "https://juniper.example"
    assert equal(any_site)


def test_what_expired_is_dropped_and_comes_back(any_site: Site) -> None:
    desk = desk_of(any_site)
    desk.clock.at = now() - timedelta(days=90)
    subject = registered(any_site, desk)
    desk.clock.at = now()
    assert desk.practices.expire() == 1
    assert shown(any_site, subject) == ()
    desk.practices.attest(OWNER, subject)
    assert len(shown(any_site, subject)) == 1
    assert equal(any_site)


def test_who_is_excluded_leaves_both_listing_and_clinic(any_site: Site, tmp_path: Path) -> None:
    desk = desk_of(any_site)
    subject = registered(any_site, desk)
    for item in desk.practices.roles(OWNER, subject):
        desk.practices.confirm_role(REVIEWER, item.role_id, Seen.SAW_DOCUMENT)
    cells = {"LASTNAME": "A", "FIRSTNAME": "B", "BUSNAME": "", "NPI": number(1), "STATE": "IL", "EXCLTYPE": "1128a1"}
    cells |= {"EXCLDATE": "20200102", "REINDATE": "00000000"}
    path = tmp_path / "UPDATED.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, cells)
        writer.writeheader()
        writer.writerow(cells)
    load(path, any_site.composition.exclusions, today(), tmp_path)
    (listing,) = shown(any_site, subject)
    assert [person.npi for person in listing.card.people] == [number(2)]
    assert any_site.found(number(1)) == ()
    assert equal(any_site)
