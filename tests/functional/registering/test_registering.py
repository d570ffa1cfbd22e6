"""Registering by the pages: kept as it is typed, whatever happens, until a reviewer has it."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from directory.accounts.account import Account
from directory.bootstrap import Composition
from directory.domain.application import State
from directory.domain.clinic import Clinic, Site
from directory.domain.draft import Step
from directory.domain.evidence import Level
from directory.domain.facts import CareFacts, Contact, Known
from directory.registration.accounts import KeptAccount
from directory.registration.loading import ClinicEntry, PractitionerEntry
from directory.web.identity import install_identity
from tests.factories import loads as make
from tests.factories.records import evidence, npi, role
from tests.functional.accounts.people import token

ME, OTHER = Account("a" * 32, "ana@juniper.example"), Account("b" * 32, "bo@other.example")
CLINIC = {"name": "Juniper Spine", "email": "office@juniper.example"}
PLACE = {"0.line": "1 Elm St", "0.city": "Chicago", "0.state": "IL", "0.zip": "60614", "0.phone": "312-555-0100"}


class Applicant:
    """Somebody at a browser, with one registration."""

    def __init__(self, client: FlaskClient, here: Composition) -> None:
        self.client, self.here = client, here
        begun = self.client.post("/registrations", data={"csrf_token": token(client.get("/registrations").text)})
        self.path = begun.location.rpartition("/")[0]
        self.id = self.path.rpartition("/")[2]

    def page(self, step: str) -> str:
        return self.client.get(f"{self.path}/{step}").text

    def send(self, step: str, do: str = "next", **values: str) -> str:
        """Where the browser is led."""
        answer = self.client.post(f"{self.path}/{step}", data=self.form(step, do=do, **values))
        assert answer.status_code == 303, answer.text
        return str(answer.location).removeprefix(self.path)

    def form(self, step: str, **values: str) -> dict[str, str]:
        page = self.page(step)
        version = re.search(r'name="version" value="(\d+)"', page)
        assert version is not None
        return {"csrf_token": token(page), "version": version[1], **values}

    def fill(self) -> None:
        assert self.send("clinic", **CLINIC) == "/locations"
        assert self.send("locations", **PLACE) == "/kind"
        assert self.send("kind", kind="one_roof") == "/people"
        assert self.send("people", **{"0.npi": npi(1), "0.locations": "0"}) == "/care"
        assert self.send("care", accepting="yes", languages="es") == "/partners"
        assert self.send("partners") == "/review"

    @property
    def draft(self):  # type: ignore[no-untyped-def]
        return self.here.applying.read(ME.id, self.id).draft


@pytest.fixture
def signed_in(own_app: Flask) -> Callable[[Account | None], None]:
    return lambda caller: install_identity(own_app, lambda: caller)


@pytest.fixture
def applicant(own_app: Flask, here: Composition, signed_in: Callable[[Account | None], None]) -> Applicant:
    make.begun(here.database).practitioners([make.person(1), make.person(2)])
    kept = make_account(here)
    signed_in(kept)
    return Applicant(own_app.test_client(), here)


def make_account(here: Composition) -> Account:
    now = here.services().now()
    here.accounts.keep([KeptAccount(ME.id, ME.email, "x", "s", now, confirmed_at=now)], (), now)
    return ME


def test_from_an_empty_draft_to_a_submission(applicant: Applicant) -> None:
    applicant.fill()
    page = applicant.page("review")
    for stated in (
        "Juniper Spine",
        "1 Elm St, Chicago, IL 60614",
        "Several disciplines",
        "Spanish",
        "Yes",
        "Name in the national registry",
    ):
        assert stated in page
    sent = applicant.client.post(f"{applicant.path}/submit", data=applicant.form("review"))
    assert sent.location == applicant.path
    assert applicant.here.applying.read(ME.id, applicant.id).state is State.SUBMITTED
    assert "A reviewer will look at it" in applicant.client.get(applicant.path).text
    kept = applicant.here.accounts.by_id(ME.id)
    assert kept is not None
    assert kept.roles == {"clinic_manager"}


def test_what_is_wrong_is_kept_and_said_at_its_field(applicant: Applicant) -> None:
    led = applicant.send("locations", **{**PLACE, "0.zip": "6061", "0.phone": "12"})
    assert led == "/locations?check=1#problems"
    page = applicant.page("locations?check=1")
    assert 'value="6061"' in page
    assert re.search(r'<a href="#0\.zip">Location 1: Give the ZIP code as five digits', page)
    assert re.search(r'id="0\.zip"[^>]*aria-describedby="0\.zip-error"[^>]*aria-invalid="true"', page)


def test_a_position_is_read_or_given_back_as_it_was_typed(applicant: Applicant) -> None:
    form = applicant.form("locations", do="next", **{**PLACE, "0.point": "near the bridge"})
    answer = applicant.client.post(f"{applicant.path}/locations", data=form)
    assert answer.status_code == 422
    assert 'value="near the bridge"' in answer.text
    assert '<a href="#0.point">Location 1: Give the position as latitude and longitude' in answer.text
    assert applicant.draft.locations[0].line == "1 Elm St"


def test_a_corrected_position_lies_in_its_state(applicant: Applicant) -> None:
    applicant.send("locations", **{**PLACE, "0.point": "41.92, 87.65"})
    assert "This position is not in Illinois" in applicant.page("locations?check=1")
    assert applicant.send("locations", **{**PLACE, "0.point": "41.92, -87.65"}) == "/kind"
    assert re.search(r"where you put it: [0-9.]+ miles? from the middle of ZIP code 60614", applicant.page("locations"))


@pytest.mark.fault(34)
def test_an_expired_form_gives_back_what_was_typed(applicant: Applicant) -> None:
    form = applicant.form("clinic", **CLINIC) | {"csrf_token": "old"}
    answer = applicant.client.post(f"{applicant.path}/clinic", data=form)
    assert answer.status_code == 400
    assert 'value="Juniper Spine"' in answer.text
    assert applicant.draft.clinic.name == ""


def test_two_windows_show_both_versions(applicant: Applicant) -> None:
    late = applicant.form("clinic", **CLINIC)
    applicant.send("clinic", name="Typed first", email="a@b.example")
    answer = applicant.client.post(f"{applicant.path}/clinic", data=late)
    assert answer.status_code == 409
    assert 'value="Juniper Spine"' in answer.text
    assert "Typed first" in answer.text
    again = {**late, "version": re.search(r'name="version" value="(\d+)"', answer.text)[1]}  # type: ignore[index]
    assert applicant.client.post(f"{applicant.path}/clinic", data=again).status_code == 303
    assert applicant.draft.clinic.name == "Juniper Spine"


def test_whoever_was_signed_out_gets_back_what_was_typed(
    applicant: Applicant, signed_in: Callable[[Account | None], None]
) -> None:
    form = applicant.form("clinic", **CLINIC)
    signed_in(None)
    answer = applicant.client.post(f"{applicant.path}/clinic", data=form)
    assert answer.status_code == 401
    assert '<input type="hidden" name="name" value="Juniper Spine">' in answer.text
    assert form["csrf_token"] not in answer.text


def test_what_a_locked_database_refuses_is_given_back(applicant: Applicant, tmp_path: Path) -> None:
    form = applicant.form("clinic", **CLINIC)
    with closing(sqlite3.connect(tmp_path / "directory.sqlite")) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = applicant.client.post(f"{applicant.path}/clinic", data=form)
        other.rollback()
    assert (answer.status_code, answer.headers["Retry-After"].isdecimal()) == (503, True)
    again = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
    assert again == form
    assert applicant.client.post(f"{applicant.path}/clinic", data=again).status_code == 303
    assert applicant.draft.clinic.name == "Juniper Spine"


def test_autosave_keeps_and_tells_the_version(applicant: Applicant) -> None:
    answer = applicant.client.post(f"{applicant.path}/clinic", data=applicant.form("clinic", do="autosave", name="Ju"))
    assert answer.json == {"version": 2}
    assert applicant.draft.clinic.name == "Ju"


def test_a_known_number_fills_in_what_the_registry_says(applicant: Applicant) -> None:
    make.begun(applicant.here.database).clinics([make.clinic("n" + npi(50), npi=npi(50), name="Registered Spine")])
    applicant.send("clinic", do="look_up", npi=npi(50))
    page = applicant.page("clinic")
    assert "From the national registry" in page
    assert applicant.draft.clinic.name == "Registered Spine"
    assert applicant.draft.locations != ()
    assert re.search(r"From the national registry[^<]*Filled in below", applicant.page("locations"))


def test_a_wrong_number_is_told_at_once(applicant: Applicant) -> None:
    assert applicant.send("clinic", do="look_up", npi="1234567890") == "/clinic?check=1#problems"
    assert 'id="npi-error"' in applicant.page("clinic?check=1")


def test_people_before_locations_are_led_to_the_locations(applicant: Applicant) -> None:
    applicant.send("people", **{"0.npi": npi(1), "0.locations": "0"})
    page = applicant.page("people?check=1")
    assert '<a href="#0.locations">Person 1: ' in page
    assert re.search(r'id="0\.locations"[^>]*>The clinic has no location yet: <a href="[^"]*/locations">', page)


def test_rows_are_added_and_removed_without_losing_others(applicant: Applicant) -> None:
    second = {name.replace("0.", "1."): value for name, value in PLACE.items()} | {"1.line": "2 Oak Ave"}
    applicant.send("locations", do="save", **PLACE, **second)
    applicant.send("people", do="add", **{"0.npi": npi(1), "0.locations": "1"})
    assert len(applicant.draft.people) == 2
    applicant.send("locations", do="remove.0", **PLACE, **second)
    assert [place.line for place in applicant.draft.locations] == ["2 Oak Ave"]
    assert applicant.draft.people[0].locations == (0,)


def test_a_clinic_that_is_listed_is_claimed_instead(applicant: Applicant) -> None:
    make.begun(applicant.here.database).clinics([make.clinic("k1", npi=npi(50))])
    applicant.fill()
    applicant.send("clinic", **CLINIC, npi=npi(50))
    answer = applicant.client.post(f"{applicant.path}/submit", data=applicant.form("review"))
    assert "This clinic is listed already" in answer.text
    subject = re.search(r'name="subject" value="(\w+)"', answer.text)
    assert subject is not None
    applicant.client.post(f"{applicant.path}/claim", data=applicant.form("review", subject=subject[1]))
    done = applicant.client.post(f"{applicant.path}/submit", data=applicant.form("review"))
    assert done.location == applicant.path


def test_a_listed_clinic_is_claimed_from_its_page(applicant: Applicant) -> None:
    make.begun(applicant.here.database).clinics([make.clinic("k1", npi=npi(50), name="Listed Spine")])
    page = applicant.client.get("/registrations?clinic=k1").text
    assert "Claim Listed Spine" in page
    form = {"csrf_token": token(page), "clinic": "k1"}
    begun = applicant.client.post("/registrations/claims", data=form)
    claim = applicant.here.applying.read(ME.id, begun.location.split("/")[2])
    assert (claim.subject, claim.draft.clinic.name, claim.draft.clinic.npi) == ("ck1", "Listed Spine", npi(50))
    assert claim.draft.locations[0].line
    missing = applicant.client.post("/registrations/claims", data={**form, "clinic": "nobody"})
    assert missing.status_code == 404


def test_a_practitioner_claims_their_own_listing(applicant: Applicant) -> None:
    form = {"csrf_token": token(applicant.client.get("/registrations").text), "npi": npi(2)}
    begun = applicant.client.post("/registrations/claims", data=form)
    assert begun.location.endswith("/locations")
    for wrong, said in (("123", "ten digits"), (npi(999), "lists nobody")):
        refused = applicant.client.post("/registrations/claims", data={**form, "npi": wrong})
        assert refused.status_code == 422
        assert said in refused.text
        assert f'value="{wrong}"' in refused.text


def test_a_practitioners_claim_goes_to_a_reviewer(applicant: Applicant) -> None:
    form = {"csrf_token": token(applicant.client.get("/registrations").text), "npi": npi(2)}
    begun = applicant.client.post("/registrations/claims", data=form).location
    applicant.path, applicant.id = begun.rpartition("/")[0], begun.split("/")[2]
    assert "From the national registry" in applicant.page("locations")
    assert applicant.send("locations", **PLACE) == "/people"
    assert "Add a person" not in applicant.page("people")
    assert applicant.send("people", **{"0.npi": npi(2), "0.locations": "0", "0.conditions": "sciatica"}) == "/care"
    assert applicant.send("care") == "/review"
    assert applicant.client.get(f"{applicant.path}/partners").status_code == 404
    applicant.client.post(f"{applicant.path}/submit", data=applicant.form("review"))
    assert applicant.here.applying.read(ME.id, applicant.id).state is State.SUBMITTED


@pytest.mark.fault(32)
@pytest.mark.parametrize("page", ["", "/review", *(f"/{step.value}" for step in Step)])
def test_somebody_elses_registration_is_answered_like_one_that_is_not_there(
    applicant: Applicant, signed_in: Callable[[Account | None], None], page: str
) -> None:
    signed_in(OTHER)
    theirs = applicant.client.get(applicant.path + page)
    missing = applicant.client.get(f"/registrations/{'0' * 32}{page}")
    assert theirs.status_code == missing.status_code == 404
    assert theirs.text == missing.text.replace("0" * 32, applicant.id)


@pytest.mark.fault(29)
def test_hostile_text_is_shown_as_text(applicant: Applicant) -> None:
    applicant.send("clinic", **{**CLINIC, "name": "<script>alert(1)</script>\"'><svg onload=x>"})
    for page in ("clinic", "review", ""):
        assert "<script>alert" not in applicant.page(page)
        assert "<svg onload" not in applicant.page(page)


@pytest.mark.fault(31)
def test_unknown_fields_change_nothing(applicant: Applicant) -> None:
    applicant.send("clinic", **CLINIC, verified="true", owner_id=OTHER.id, state="approved", account_id=OTHER.id)
    application = applicant.here.applying.read(ME.id, applicant.id)
    assert (application.state, application.account_id) == (State.DRAFT, ME.id)


def test_withdrawing_ends_it(applicant: Applicant) -> None:
    applicant.client.post(f"{applicant.path}/withdraw", data=applicant.form("clinic", why="Mistake"))
    assert applicant.here.applying.read(ME.id, applicant.id).state is State.WITHDRAWN
    assert applicant.client.get(f"{applicant.path}/clinic").status_code == 409
    assert "Mistake" in applicant.client.get(applicant.path).text


def test_a_claim_begins_with_what_is_listed(applicant: Applicant) -> None:
    facts = CareFacts(accepting_new_patients=Known.YES, languages=("es",), conditions=("sciatica",), hours="8-17")
    contact = Contact("+13125550100", "https://juniper.example")
    evidence_ = evidence(Level.PRACTICE)
    who = make.person(3).practitioner
    own = role(who.npi, make.place(), (evidence_,), contact=contact, facts=facts)
    make.begun(applicant.here.database).practitioners([PractitionerEntry(who, (own,))])
    draft = applicant.here.applying.claim_listing(ME.id, ME.email, who.npi).draft
    assert draft.locations[0].phone == contact.phone
    assert draft.locations[0].hours == "8-17"
    assert draft.people[0].conditions == ("sciatica",)
    assert (draft.care.accepting, draft.care.languages) == (Known.YES, ("es",))
    assert draft.clinic.website == contact.website
    site = Site(make.place("5 Oak Ave"), (evidence_,), contact, facts)
    make.begun(applicant.here.database).clinics([ClinicEntry(Clinic("k9", "Oak Spine", None), (site,))])
    clinic = applicant.here.applying.claim_listed(ME.id, ME.email, "k9").draft
    assert (clinic.clinic.name, clinic.clinic.website) == ("Oak Spine", contact.website)
    assert (clinic.locations[0].line, clinic.locations[0].phone) == ("5 Oak Ave", contact.phone)
    assert clinic.care.languages == ("es",)


def test_numbers_of_the_wrong_kind_are_refused_and_fill_in_nothing(applicant: Applicant) -> None:
    make.begun(applicant.here.database).clinics([make.clinic("n" + npi(50), npi=npi(50), name="Registered Spine")])
    applicant.send("clinic", do="look_up", npi=npi(1))
    assert applicant.draft.clinic.name == ""
    assert applicant.draft.locations == ()
    assert "the number of a person" in applicant.page("clinic?check=1")
    assert applicant.send("people", **{"0.npi": npi(50), "0.locations": "0"}) == "/people?check=1#problems"
    assert "number of an organization" in applicant.page("people?check=1")


def test_claiming_twice_goes_on_with_the_first_claim(applicant: Applicant) -> None:
    desk = applicant.here.applying
    assert desk.claim_listing(ME.id, ME.email, npi(2)).id == desk.claim_listing(ME.id, ME.email, npi(2)).id


def test_numbers_are_read_as_people_group_them(applicant: Applicant) -> None:
    grouped = f"{npi(1)[:4]}-{npi(1)[4:7]} {npi(1)[7:]}"
    applicant.send("people", **{"0.npi": grouped, "0.locations": "0"})
    assert applicant.draft.people[0].npi == npi(1)
    applicant.send("locations", **{**PLACE, "0.phone": "312-555-0100 x3"})
    assert "without extension" in applicant.page("locations?check=1")
