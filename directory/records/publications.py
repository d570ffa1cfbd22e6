"""Writing what an approval publishes: the clinic, its sites, its roles, who looks after it, and until when it holds."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Column, Connection, delete, insert, select, update

from directory.domain.application import Application, NotAllowed
from directory.domain.clinic import Clinic, Site
from directory.domain.evidence import Evidence, Level
from directory.domain.place import Precision
from directory.domain.practitioner import Location
from directory.records.changes import Change, clinics_of
from directory.records.keyed import sliced, values_of
from directory.records.links import invite_partners, keep_invitation
from directory.records.rows import (
    Values,
    clinic_values,
    evidence_values,
    location_values,
    role_values,
    site_id,
    site_values,
)
from directory.records.stated import state
from directory.records.tables import (
    attestation,
    clinic,
    clinic_site,
    evidence,
    exclusion,
    location,
    ownership,
    report_case,
    role,
)
from directory.records.writes import insert_rows, update_rows
from directory.registration.applications import Publication
from directory.registration.publishing import PRACTICE


def publish(change: Change, what: Publication, application: Application, today: date, *, claimed: bool) -> None:
    """Writes a publication. `claimed`: the listing is known to exist; else it must be new.

    Raises NotAllowed where it is not new after all, or where somebody named is excluded by the OIG.
    """
    _refuse_excluded(change.connection, what)
    _write_locations(change, [*(site.location for site in what.sites), *(item.location for item in what.roles)])
    if what.clinic is not None:
        _write_clinic(change, what.clinic, claimed=claimed)
        _write_sites(change.connection, what.clinic.id, what.sites, application.account_id, today)
        invite_partners(change, what.clinic.id, what.partners, today)
        for item in what.invitations:
            keep_invitation(change.connection, item)
    _write_roles(change, what, application.account_id, today)
    state(change.connection, what.subject, application.draft)
    _own(change.connection, what.subject, application)
    unpinned = update(report_case).where(report_case.c.subject == what.subject)
    change.connection.execute(unpinned.values(pinned=False))


def _refuse_excluded(connection: Connection, what: Publication) -> None:
    npis = {item.npi for item in what.roles} | {what.clinic.npi if what.clinic and what.clinic.npi else ""}
    if excluded := values_of(connection, exclusion.c.npi, exclusion.c.npi, npis - {""}):
        raise NotAllowed(f"{min(excluded)} is on the OIG's list of exclusions: decline the application.")


def _write_locations(change: Change, places: Sequence[Location]) -> None:
    """Adds new places; a pin of the practice, exact as it is, also moves one that is held."""
    stated = {place.id: place for place in places}
    held = values_of(change.connection, location.c.id, location.c.id, stated)
    added = [location_values(place) for key, place in sorted(stated.items()) if key not in held]
    insert_rows(change.connection, location, added)
    moved = [place for key, place in sorted(stated.items()) if key in held and _is_pin(place)]
    pinned = [{**location_values(place), "quarantine_reason": None} for place in moved]
    update_rows(change.connection, location.c.id, pinned)
    change.relocated([place.id for place in moved])


def _is_pin(place: Location) -> bool:
    return place.position.precision is Precision.EXACT


def _write_clinic(change: Change, stated: Clinic, *, claimed: bool) -> None:
    values = clinic_values(stated)
    exists = clinic.c.id == stated.id
    held = change.connection.execute(select(clinic.c.id).where(exists)).first()
    if held is not None and not claimed:
        raise NotAllowed("This clinic was listed meanwhile: ask the applicant to claim it.")
    if held is None:
        # Taxonomies are the registry's to state; without any, a clinic shows those of its confirmed people.
        change.connection.execute(insert(clinic).values({**values, "revision": change.revision}))
    else:
        change.connection.execute(update(clinic).where(exists).values(name=stated.name, npi=stated.npi))
    change.clinics.add(stated.id)


def _write_sites(connection: Connection, key: str, sites: Sequence[Site], account_id: str, today: date) -> None:
    rows = {site_id(key, site.location.id): site_values(key, site, PRACTICE) for site in sites}
    checks = {site_id(key, site.location.id): site.evidence for site in sites}
    _replace(connection, clinic_site.c.id, (clinic_site.c.clinic_id == key) & (clinic_site.c.origin == PRACTICE), rows)
    _attest(connection, evidence.c.site_id, checks, account_id, today)


def _write_roles(change: Change, what: Publication, account_id: str, today: date) -> None:
    connection = change.connection
    stated = role.c.clinic_id == what.subject[1:] if what.clinic else role.c.npi == what.subject[1:]
    own = stated if what.clinic else stated & role.c.clinic_id.is_(None)
    before = {row.id: row for row in connection.execute(select(role).where(own))}
    rows = {item.id: role_values(item, PRACTICE) for item in what.roles}
    for key in rows.keys() & before.keys():
        # What somebody confirmed stays confirmed when the clinic changes the rest.
        rows[key]["confirmed_on"] = rows[key]["confirmed_on"] or before[key].confirmed_on
    change.practitioners |= {item.npi for item in what.roles} | {row.npi for row in before.values()}
    change.of_clinic |= clinics_of(connection, change.practitioners)
    # A clinic leaves alone what others state; a practitioner's own word takes the place of the registry's.
    _replace(connection, role.c.id, own & (role.c.origin == PRACTICE) if what.clinic else own, rows)
    _attest(connection, evidence.c.role_id, {item.id: item.evidence for item in what.roles}, account_id, today)


def _replace(connection: Connection, key: Column[str], own: Any, rows: Mapping[str, Values]) -> None:
    """Makes these the rows in place of its `own`."""
    held = values_of(connection, key, key, rows)
    gone = set(connection.scalars(select(key).where(own))) - rows.keys()
    for part in sliced(gone):
        connection.execute(delete(key.table).where(key.in_(part)))
    update_rows(connection, key, [rows[item] for item in sorted(held)])
    insert_rows(connection, key.table, [rows[item] for item in sorted(rows.keys() - held)])


def _attest(
    connection: Connection,
    owner: Column[str],
    checks: Mapping[str, Collection[Evidence]],
    account_id: str,
    today: date,
) -> None:
    """Evidence of the practice and of the review, in place of what they left before."""
    for part in sliced(checks):
        connection.execute(delete(evidence).where(owner.in_(part), evidence.c.origin == PRACTICE))
    pairs = [(key, item) for key, items in sorted(checks.items()) for item in items]
    insert_rows(connection, evidence, [{owner.name: key, **evidence_values(item, PRACTICE)} for key, item in pairs])
    attested = [
        {owner.name: key, "attested_by": account_id, "attested_on": today, "expires_on": item.expires_on}
        for key, item in pairs
        if item.level is Level.PRACTICE
    ]
    insert_rows(connection, attestation, attested)


def _own(connection: Connection, subject: str, application: Application) -> None:
    values = {"account_id": application.account_id, "email": application.email, "since": application.changed_at}
    same = ownership.c.subject == subject
    if not connection.execute(update(ownership).where(same).values(values)).rowcount:
        connection.execute(insert(ownership).values({"subject": subject, **values}))
