"""Registrations by JSON: from an empty draft to an approved clinic, and everything that is refused on the way."""

import logging
import sqlite3
from contextlib import closing
from dataclasses import asdict, replace
from datetime import date

import pytest

from directory.domain.draft import Step
from tests.factories.records import TODAY, npi
from tests.factories.registration import DRAFT, OTHER, OWNER, REVIEWER
from tests.functional.api.conftest import FILE

ALL = "/registrations"
CANARY = "caudaequinacanary"


def begun(caller):
    response = caller.post(ALL)
    assert response.status_code == 201, response.get_json()
    return response.get_json()


def steps(draft=DRAFT):
    values = asdict(draft)
    return {step: values[step.value] for step in Step}


def filled(caller, draft=DRAFT, started=None):
    """A registration with every step saved."""
    registration = started or begun(caller)
    for step, content in steps(draft).items():
        body = {"version": registration["version"], "content": content}
        response = caller.put(f"{ALL}/{registration['id']}/steps/{step.value}", body)
        assert response.status_code == 200, response.get_json()
        registration = response.get_json()
        assert registration["problems"] == []
    return registration


def submitted(caller, draft=DRAFT):
    registration = filled(caller, draft)
    return caller.post(f"{ALL}/{registration['id']}/submit", {"version": registration["version"]})


def test_a_clinic_is_registered_step_by_step(office):
    caller = office.client()
    started = begun(caller)
    assert (started["state"], started["editable"], started["steps"]) == ("draft", True, [step.value for step in Step])
    done = filled(caller, started=started)
    assert done["draft"]["clinic"]["name"] == "Juniper Spine"
    assert done["draft"] == office.client().get(f"{ALL}/{done['id']}").get_json()["draft"]
    answer = caller.post(f"{ALL}/{done['id']}/submit", {"version": done["version"]}).get_json()
    assert (answer["state"], answer["editable"]) == ("submitted", False)
    held = office.desk.applying.read(OWNER, done["id"])
    assert held.draft == DRAFT
    listed = caller.get(ALL).get_json()["registrations"]
    assert [(item["id"], item["state"], item["name"]) for item in listed] == [
        (done["id"], "submitted", "Juniper Spine")
    ]
    events = caller.get(f"{ALL}/{done['id']}/events").get_json()["events"]
    assert [(event["action"], event["by"], event["to"]) for event in events] == [
        ("start", "applicant", "draft"),
        ("submit", "applicant", "submitted"),
    ]
    assert OWNER not in str(events)


def test_what_is_wrong_is_kept_and_named(office):
    caller = office.client()
    registration = begun(caller)
    body = {"version": 1, "content": [{"line": "1 Elm", "phone": "call us", "point": {"lat": 41.9, "lon": -87.6}}]}
    saved = caller.put(f"{ALL}/{registration['id']}/steps/locations", body).get_json()
    assert [item["field"] for item in saved["problems"]] == ["0.city", "0.state", "0.zip", "0.phone"]
    assert saved["draft"]["locations"][0]["phone"] == "call us"
    refused = caller.post(f"{ALL}/{registration['id']}/submit", {"version": saved["version"]})
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    assert {"clinic.name", "locations.0.phone", "people", "kind.kind"} <= refused.get_json()["errors"].keys()
    assert caller.get(f"{ALL}/{registration['id']}").get_json()["state"] == "draft"


def test_submitting_twice_is_submitting_once(office):
    caller = office.client()
    first = submitted(caller).get_json()
    again = caller.post(f"{ALL}/{first['id']}/submit", {"version": first["version"] - 1})
    assert (again.status_code, again.get_json()["version"]) == (200, first["version"])
    assert len(caller.get(f"{ALL}/{first['id']}/events").get_json()["events"]) == 2


@pytest.mark.fault(31)
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"version": 1, "content": {"name": "Juniper", "verified": True}}, "content.verified"),
        ({"version": 1, "content": {"name": "Juniper"}, "owner_id": OTHER}, "owner_id"),
        ({"version": 1, "content": {"name": "Juniper"}, "state": "approved"}, "state"),
        ({"version": 1, "content": {"name": ["Juniper"]}}, "content.name"),
        ({"version": 1, "content": {"name": "\ud800"}}, "content.name"),
        ({"version": 1.5, "content": {"name": "Juniper"}}, "version"),
        ({"version": "1", "content": {"name": "Juniper"}}, "version"),
        ({"version": True, "content": {"name": "Juniper"}}, "version"),
        ({"content": {"name": "Juniper"}}, "version"),
    ],
)
def test_fault_31_nobody_writes_what_is_not_asked_for(office, body, field):
    caller = office.client()
    registration = begun(caller)
    refused = caller.put(f"{ALL}/{registration['id']}/steps/clinic", body)
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, [field])
    assert caller.get(f"{ALL}/{registration['id']}").get_json() == registration


@pytest.mark.fault(31)
def test_fault_31_a_new_registration_takes_no_owner_and_no_state(office):
    caller = office.client()
    for body in ({"owner_id": OTHER}, {"verified": True}, {"state": "approved"}, {"account_id": OTHER}):
        assert caller.post(ALL, body).status_code == 422
    assert caller.get(ALL).get_json() == {"registrations": []}


@pytest.mark.fault(32)
def test_fault_32_what_is_somebody_elses_is_answered_as_if_it_were_not_there(office):
    caller = office.client()
    registration = filled(caller)
    office.becomes(OTHER)
    stranger = office.client()
    version = {"version": registration["version"]}
    tried = {
        "": lambda path: stranger.get(path),
        "/events": lambda path: stranger.get(path),
        "/steps/kind": lambda path: stranger.put(path, {**version, "content": "solo"}),
        "/submit": lambda path: stranger.post(path, version),
        "/claim": lambda path: stranger.post(path, {**version, "clinic_id": "1"}),
        "/withdraw": lambda path: stranger.post(path, {"why": "not mine"}),
        "/revise": lambda path: stranger.post(path),
    }
    for path, call in tried.items():
        foreign, missing = (call(f"{ALL}/{key}{path}") for key in (registration["id"], "0" * 32))
        assert (foreign.status_code, foreign.data) == (404, missing.data), path
    assert stranger.get(ALL).get_json() == {"registrations": []}
    office.becomes(OWNER)
    assert office.client().get(f"{ALL}/{registration['id']}").get_json() == registration


def test_without_an_account_there_is_nothing_to_see(office):
    registration = begun(office.client())
    office.becomes(None)
    caller = office.client()
    for path in (ALL, f"{ALL}/{registration['id']}", f"/registry/{npi(1)}", "/session"):
        refused = caller.get(path)
        assert (refused.status_code, refused.mimetype) == (401, "application/problem+json"), path
    assert caller.post(ALL).status_code == 401


@pytest.mark.fault(34)
@pytest.mark.parametrize("headers", [{}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "guessed"}])
def test_fault_34_a_change_needs_the_token_of_its_own_session(office, headers):
    caller = office.client()
    registration = begun(caller)
    refused = caller.plain.post(f"/api/v1{ALL}/{registration['id']}/withdraw", json={}, headers=headers)
    assert refused.status_code == 403
    assert "GET /api/v1/session" in refused.get_json()["detail"]
    assert caller.get(f"{ALL}/{registration['id']}").get_json()["state"] == "draft"


@pytest.mark.fault(34)
def test_fault_34_a_token_of_another_session_is_no_use(office):
    theirs, mine = office.client(), office.client()
    refused = mine.plain.post(f"/api/v1{ALL}", json={}, headers=theirs.token)
    assert refused.status_code == 403


@pytest.mark.fault(34)
def test_fault_34_no_other_site_may_read_or_change(office):
    caller = office.client()
    elsewhere = {"Origin": "https://elsewhere.example"}
    answer = caller.plain.get(f"/api/v1{ALL}", headers=elsewhere)
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert caller.plain.post(f"/api/v1{ALL}", json={}, headers={**caller.token, **elsewhere}).status_code == 403
    assert caller.get(ALL).get_json() == {"registrations": []}


def test_two_windows_do_not_overwrite_one_another(office):
    caller = office.client()
    registration = begun(caller)
    path = f"{ALL}/{registration['id']}/steps/clinic"
    assert caller.put(path, {"version": 1, "content": {"name": "First"}}).status_code == 200
    late = caller.put(path, {"version": 1, "content": {"name": "Second"}})
    assert (late.status_code, "another window" in late.get_json()["detail"]) == (409, True)
    assert caller.get(f"{ALL}/{registration['id']}").get_json()["draft"]["clinic"]["name"] == "First"


def test_an_etag_says_which_version_is_meant(office):
    caller = office.client()
    registration = begun(caller)
    path = f"{ALL}/{registration['id']}"
    tag = caller.get(path).headers["ETag"]
    assert tag == '"1"'
    saved = caller.put(f"{path}/steps/kind", {"content": "solo"}, If_Match=tag)
    assert (saved.status_code, saved.headers["ETag"]) == (200, '"2"')
    assert caller.put(f"{path}/steps/kind", {"content": "network"}, If_Match=tag).status_code == 412
    assert caller.put(f"{path}/steps/kind", {"content": "solo"}, If_Match='"x"').status_code == 422
    assert caller.put(f"{path}/steps/kind", {"version": 1, "content": "solo"}, If_Match='"2"').status_code == 422
    assert caller.get(path).get_json()["draft"]["kind"] == "solo"


def test_a_clinic_that_is_listed_is_claimed_and_not_listed_twice(office):
    held = office.desk.approved(office.desk.submitted(account=OTHER))
    caller = office.client()
    refused = submitted(caller)
    problem = refused.get_json()
    assert (refused.status_code, refused.mimetype) == (409, "application/problem+json")
    assert [(item["clinic_id"], item["name"], item["owned"]) for item in problem["duplicates"]] == [
        (held.subject[1:], "Juniper Spine", True)
    ]
    assert OTHER not in refused.get_data(as_text=True)
    mine = caller.get(ALL).get_json()["registrations"][0]
    path = f"{ALL}/{mine['id']}"
    assert caller.post(f"{path}/claim", {"version": mine["version"], "clinic_id": "none"}).status_code == 404
    claim = {"version": mine["version"], "clinic_id": held.subject[1:]}
    claimed = caller.post(f"{path}/claim", claim).get_json()
    assert claimed["clinic_id"] == held.subject[1:]
    assert caller.post(f"{path}/submit", {"version": claimed["version"]}).get_json()["state"] == "submitted"


def test_a_practitioner_claims_their_own_listing(office):
    caller = office.client()
    claim = caller.post(ALL, {"npi": npi(1)})
    body = claim.get_json()
    assert (claim.status_code, body["kind"], body["npi"]) == (201, "practitioner", npi(1))
    assert body["steps"] == ["locations", "people", "care"]
    assert claim.headers["Location"] == f"/api/v1{ALL}/{body['id']}"
    assert caller.put(f"{ALL}/{body['id']}/steps/clinic", {"version": 1, "content": {}}).status_code == 422
    assert caller.post(ALL, {"npi": npi(77)}).status_code == 404
    assert caller.post(ALL, {"npi": "1234567890"}).status_code == 422


def test_what_is_not_the_applicants_to_do_now_is_a_conflict(office):
    caller = office.client()
    done = submitted(caller).get_json()
    path = f"{ALL}/{done['id']}"
    late = caller.put(f"{path}/steps/kind", {"version": done["version"], "content": "solo"})
    assert (late.status_code, "submitted" in late.get_json()["detail"]) == (409, True)
    assert caller.post(f"{path}/revise").status_code == 409
    gone = caller.post(f"{path}/withdraw", {"why": "We moved."})
    again = caller.post(f"{path}/withdraw", {"why": "We moved."})
    assert (gone.get_json()["state"], again.get_json()["version"]) == ("withdrawn", gone.get_json()["version"])


def test_what_was_approved_is_changed_by_a_new_registration(office):
    caller = office.client()
    approved = office.desk.approved(office.desk.submitted(replace(DRAFT, partners=())))
    revised = caller.post(f"{ALL}/{approved.id}/revise")
    body = revised.get_json()
    assert (revised.status_code, body["clinic_id"], body["state"]) == (201, approved.subject[1:], "draft")
    assert body["draft"]["clinic"]["name"] == "Juniper Spine"
    events = caller.get(f"{ALL}/{approved.id}/events").get_json()["events"]
    assert events[-1]["by"] == "reviewer"
    assert REVIEWER not in str(events)


def test_a_number_tells_what_the_registry_says_of_it_and_when(office):
    facts = office.client().get(f"/registry/{npi(1)}").get_json()
    assert (facts["npi"], facts["organization"], facts["active"]) == (npi(1), False, True)
    assert facts["address"]["state"] == "IL"
    assert date.fromisoformat(facts["as_of"]) <= TODAY
    assert "NPPES" in facts["source"]
    assert office.client().get(f"/registry/{npi(77)}").status_code == 404
    assert office.client().get("/registry/1234567890").status_code == 422


@pytest.mark.fault(36)
def test_fault_36_numbers_are_not_looked_up_by_the_thousand_from_wherever(opened):
    office = opened(look_up_limit="3 per minute")
    caller = office.client()

    def look_up(address):
        source = {"REMOTE_ADDR": address, "HTTP_X_FORWARDED_FOR": address}
        return caller.plain.get(f"/api/v1/registry/{npi(1)}", environ_base=source).status_code

    assert [look_up(f"198.51.100.{number}") for number in range(4)] == [200, 200, 200, 429]
    office.becomes(OTHER)
    assert look_up("198.51.100.1") == 200


@pytest.mark.fault(36)
def test_fault_36_an_account_has_one_measure_from_wherever_it_asks(opened):
    office = opened(account_limit="4 per minute")
    caller = office.client()

    def start(address):
        source = {"REMOTE_ADDR": address, "HTTP_X_FORWARDED_FOR": address}
        return caller.plain.post(f"/api/v1{ALL}", json={}, headers=caller.token, environ_base=source)

    answers = [start(f"198.51.100.{number}") for number in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert answers[-1].headers["Retry-After"].isdecimal()
    office.becomes(OTHER)
    assert start("198.51.100.1").status_code == 201


@pytest.mark.fault(16)
def test_fault_16_a_locked_database_is_said_and_the_change_can_be_sent_again(office, tmp_path):
    caller = office.client()
    registration = begun(caller)
    change = {"version": 1, "content": "solo"}
    with closing(sqlite3.connect(tmp_path / FILE)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = caller.put(f"{ALL}/{registration['id']}/steps/kind", change)
        assert (refused.status_code, refused.headers["Retry-After"].isdecimal()) == (503, True)
        other.rollback()
    assert caller.put(f"{ALL}/{registration['id']}/steps/kind", change).get_json()["draft"]["kind"] == "solo"


@pytest.mark.fault(39, 40)
@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("put", "/steps/clinic", {"version": 1, "content": {"name": CANARY, "npi": CANARY}}, 200),
        ("put", "/steps/clinic", {"version": 1, "content": {CANARY: CANARY}}, 422),
        ("put", "/steps/people", {"version": 1, "content": [{"conditions": [CANARY], "board_evidence": CANARY}]}, 200),
        ("put", "/steps/kind", {"version": 9, "content": CANARY}, 422),
        ("put", f"/steps/{CANARY}", {"version": 1, "content": CANARY}, 404),
        ("post", "/claim", {"version": 1, "clinic_id": CANARY}, 404),
        ("post", "/withdraw", {"why": f"{CANARY}\r\nforged: line"}, 200),
    ],
)
def test_fault_39_and_40_what_is_typed_is_in_no_log_and_no_cache(office, caplog, method, path, body, status):
    caplog.set_level(logging.DEBUG)
    caller = office.client()
    registration = begun(caller)
    answer = getattr(caller, method)(f"{ALL}/{registration['id']}{path}", body)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (status, "no-store")
    written = [f"{record.name} {record.getMessage()} {record.exc_text or ''}" for record in caplog.records]
    assert any("directory.access" in line for line in written)
    assert not [line for line in written if CANARY in line.casefold() or "\n" in line or registration["id"] in line]
