"""Registration on a real database, with a clock that tests set: what most of its tests begin with."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from directory.domain.application import Application
from directory.domain.draft import (
    CareStep,
    ClinicDraft,
    ClinicKind,
    ClinicStep,
    LocationDraft,
    PersonDraft,
    Step,
)
from directory.domain.facts import Gender, Known
from directory.records.applications import SqlApplications
from directory.records.links import SqlLinks
from directory.records.practices import SqlPractices
from directory.records.registry import SqlExclusions, SqlRegistry
from directory.records.reports import SqlReports
from directory.records.source import SqlListingSource
from directory.registration.applying import Applying
from directory.registration.checking import Checking
from directory.registration.letters import Letters
from directory.registration.links import Linking
from directory.registration.practices import Practices
from directory.registration.publishing import Publishing, Seen
from directory.registration.reports import Reporting
from directory.registration.reviewing import Reviewing
from directory.registration.validation import STEPS, Validation
from directory.vocabulary import load
from tests.factories.records import TODAY, npi
from tests.fakes.positions import FixedPositions

OWNER, OTHER, REVIEWER, SECOND = "account-1", "account-2", "reviewer-1", "reviewer-2"
EMAIL = "manager@juniper.example"
PLACE = LocationDraft(line="1 Elm St", city="Chicago", state="IL", zip="60614", phone="312-555-0100", hours="9 to 5")
DRAFT = ClinicDraft(
    clinic=ClinicStep(name="Juniper Spine", website="juniper.example", email="office@juniper.example"),
    locations=(PLACE,),
    kind=ClinicKind.ONE_ROOF,
    people=(PersonDraft(npi=npi(1)), PersonDraft(npi=npi(2))),
    care=CareStep(languages=("es",), accepting=Known.YES),
)


@dataclass
class Clock:
    at: datetime = field(default_factory=lambda: datetime.combine(TODAY, datetime.min.time(), UTC))

    def __call__(self) -> datetime:
        return self.at

    def passes(self, **parts: float) -> None:
        self.at += timedelta(**parts)


class Desk:
    """Both sides of registration."""

    def __init__(self, engine: Engine, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        applications, registry = SqlApplications(engine), SqlRegistry(engine)
        positions, vocabulary = FixedPositions(foreign=["99999"], unknown=["00001"]), load()
        letters = Letters("https://directory.example")
        checking = Checking(registry, SqlExclusions(engine), positions, vocabulary)
        self.applications = applications
        listed = SqlListingSource(engine, vocabulary, lambda: self.clock().date()).record
        checks = checking, Validation(vocabulary)
        self.applying = Applying(applications, registry, *checks, letters, self.clock, listed)
        publishing = Publishing(positions, registry)
        self.reviewing = Reviewing(applications, registry, checking, publishing, letters, self.clock)
        self.practices = Practices(SqlPractices(engine), letters, self.clock)
        self.reporting = Reporting(SqlReports(engine), b"key of a test", self.clock)
        self.linking = Linking(SqlLinks(engine), letters, self.clock)

    def drafted(self, draft: ClinicDraft = DRAFT, account: str = OWNER) -> Application:
        return self.filled(self.applying.start(account, EMAIL), draft)

    def filled(self, application: Application, draft: ClinicDraft) -> Application:
        """Saves every step."""
        for step in STEPS[application.kind]:
            content = getattr(draft, step.value)
            if step is Step.KIND and content is None:
                continue
            saved = self.applying.save(application.account_id, application.id, step, content, application.version)
            application = saved.application
        return application

    def submitted(self, draft: ClinicDraft = DRAFT, account: str = OWNER) -> Application:
        application = self.drafted(draft, account)
        return self.submit(application)

    def submit(self, application: Application) -> Application:
        done = self.applying.submit(application.account_id, application.id, application.version)
        assert done.done, (done.problems, done.duplicates)
        return done.application

    def begun(self, application: Application) -> Application:
        return self.reviewing.begin(REVIEWER, application.id, application.version)

    def approved(self, application: Application, how: Seen = Seen.SAW_DOCUMENT) -> Application:
        """Approves what is submitted."""
        begun = self.begun(application)
        return self.reviewing.approve(REVIEWER, begun.id, begun.version, how)

    def claimed(self, number: int, account: str) -> Application:
        """The approved claim of a practitioner's own listing, at the place of the draft."""
        start = self.applying.claim_listing(account, f"{account}@example.org", npi(number))
        person = PersonDraft(npi=npi(number), credential="DO", gender=Gender.FEMALE, conditions=("sciatica",))
        draft = replace(DRAFT, people=(person,))
        return self.approved(self.submit(self.filled(start, draft)))
