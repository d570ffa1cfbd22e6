"""Views of registrations. Each reads the form, asks one use case, and renders or leads on."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from directory.accounts.account import AccountRole
from directory.domain.application import Application, ApplicationKind, OutOfDate
from directory.domain.draft import ClinicStep, LocationDraft, PartnerDraft, Step, StepContent
from directory.domain.errors import InvalidInput, RecordsUnavailable
from directory.domain.errors import NotFound as NotHeld
from directory.registration.applications import RegistryFacts
from directory.registration.validation import STEPS, Problem
from directory.search.listing import Listing
from directory.web.clinic_finding import clinics_named
from directory.web.forms import check_token, form_page, has_token
from directory.web.identity import account
from directory.web.pages.cards import shown_phone
from directory.web.registering.forms import content_of, stored, unreadable, with_row, without_location, without_row
from directory.web.registering.placing import Placed, placed
from directory.web.registering.progress import NAMES, address_of, next_page, said, step_lines
from directory.web.registering.words import GENDERS, KINDS, KNOWN, Summary, options_of
from directory.web.services import Services

_AT_LEAST_ONE = frozenset({Step.LOCATIONS, Step.PEOPLE})
_NO_POINT = "Give the position as latitude and longitude, such as 41.92145, -87.65130, or leave the field empty."
_EXPIRED = "This form was open too long. Nothing is lost: look it through and send it again."
_CHANGED = (
    "This step was changed in another window since you opened it. Below is what you typed; what is kept now stands "
    "beside it. Send it again to keep yours."
)


class RegisteringViews:
    """The applicant's pages."""

    def __init__(self, services: Services) -> None:
        self._desk = services.desks.applying
        self._engine = services.engine
        self._now = services.now
        self._accounts = services.accounts
        self._options = options_of(services.vocabulary)
        self._summary = Summary(services.vocabulary)

    def about(self) -> Response:
        """What registering takes, for whoever has no account yet."""
        return _page("about")

    def mine(self, problem: str = "", number: str = "") -> Response:
        """Registrations of this account, and what can be begun; `clinic` in the address is one to be claimed."""
        lines = [(item, self._title(item)) for item in self._desk.mine(account().id)]
        wanted = request.args.get("clinic", "")
        listed = (wanted, self._desk.clinic_name(wanted))
        status = 422 if problem else 200
        return _page("mine", registrations=lines, problem=problem, number=number, listed=listed, status=status)

    def start(self) -> AnyResponse:
        check_token()
        caller = account()
        application = self._desk.start(caller.id, caller.email)
        self._accounts.grant(caller.id, AccountRole.CLINIC_MANAGER)
        return _to(application, STEPS[application.kind][0].value)

    def start_claim(self) -> AnyResponse:
        """A claim of what is listed: of a clinic by its id, of a practitioner's own listing by the NPI."""
        check_token()
        clinic_id = request.form.get("clinic", "")
        return self._claim_clinic(clinic_id) if clinic_id else self._claim_own(request.form.get("npi", "").strip())

    def _claim_clinic(self, clinic_id: str) -> AnyResponse:
        caller = account()
        application = self._desk.claim_listed(caller.id, caller.email, clinic_id)
        self._accounts.grant(caller.id, AccountRole.CLINIC_MANAGER)
        return _to(application, STEPS[application.kind][0].value)

    def _claim_own(self, number: str) -> AnyResponse:
        caller = account()
        try:
            application = self._desk.claim_listing(caller.id, caller.email, number)
        except (InvalidInput, NotHeld) as error:
            return self.mine(str(error), number)
        self._accounts.grant(caller.id, AccountRole.PRACTITIONER)
        return _to(self._with_registered_place(application, number), STEPS[application.kind][0].value)

    def overview(self, application_id: str) -> Response:
        application = self._read(application_id)
        events = self._desk.events(account().id, application.id)
        asked = next((event.why for event in reversed(events) if event.why), "") if application.is_editable else ""
        return _page("overview", **self._frame(application), events=events, asked=asked)

    def step(self, application_id: str, step: Step) -> Response:
        application = self._read(application_id, step)
        if not application.is_editable:
            raise OutOfDate("This registration is not to be changed now: its overview says why.")
        problems = self._desk.problems(application, step) if "check" in request.args else ()
        content = stored(application.draft, step)
        if content == () and step in _AT_LEAST_ONE:
            content = with_row(step, content)
        return self._step_page(application, step, content, problems)

    def save(self, application_id: str, step: Step) -> AnyResponse:
        """Keeps what was typed, right or not; leads on only where nothing is wrong with it."""
        application, typed = self._read(application_id, step), content_of(step, request.form)
        if not has_token():
            return self._step_page(application, step, typed, (), notice=_EXPIRED, status=400)
        if typed is None:
            return self._step_page(application, step, typed, self._desk.problems(application, step), status=422)
        action, _, row = request.form.get("do", "next").partition(".")
        changed = self._changed(step, typed, action, row)
        version = request.form.get("version", 0, type=int)
        try:
            saved = self._desk.save(account().id, application.id, step, changed, version)
        except OutOfDate:
            return self._conflict(application, step, typed)
        if action == "autosave":
            return jsonify(version=saved.application.version)
        if action != "remove" and (odd := unreadable(step, request.form)):
            problems = (*saved.problems, *(Problem(step, name, _NO_POINT) for name in odd))
            return self._step_page(saved.application, step, changed, problems, odd=odd, status=422)
        after = self._follow_up(saved.application, step, typed, action, row)
        return _onward(after, step, action, saved.problems)

    def look_through(self, application_id: str, duplicates: Iterable[Any] = ()) -> Response:
        """Everything at once, with what is still missing, before it is handed in."""
        application = self._read(application_id)
        frame = self._frame(application)
        names = {number: facts.name for number, facts in self._facts(application.draft.people).items()}
        summary = [(line, self._summary.of(application.draft, line.step, names)) for line in frame["steps"]]
        return _page("review", **frame, summary=summary, duplicates=tuple(duplicates))

    def submit(self, application_id: str) -> AnyResponse:
        check_token()
        version = request.form.get("version", 0, type=int)
        done = self._desk.submit(account().id, application_id, version)
        if done.duplicates:
            return self.look_through(application_id, done.duplicates)
        return _to(done.application, "" if done.done else "review")

    def claim(self, application_id: str) -> AnyResponse:
        """Makes a draft one about a clinic that is listed already."""
        check_token()
        subject, version = request.form.get("subject", ""), request.form.get("version", 0, type=int)
        return _to(self._desk.claim_clinic(account().id, application_id, subject, version), "review")

    def withdraw(self, application_id: str) -> AnyResponse:
        check_token()
        return _to(self._desk.withdraw(account().id, application_id, request.form.get("why", "")))

    def revise(self, application_id: str) -> AnyResponse:
        check_token()
        application = self._desk.revise(account().id, application_id)
        return _to(application, STEPS[application.kind][0].value)

    def _read(self, application_id: str, step: Step | None = None) -> Application:
        application = self._desk.read(account().id, application_id)
        if step is not None and step not in STEPS[application.kind]:
            raise NotFound
        return application

    def _frame(self, application: Application) -> dict[str, Any]:
        problems = self._desk.problems(application)
        return {
            "application": application,
            "title": self._title(application),
            "problems": problems,
            "steps": step_lines(application, problems),
            "problem_address": lambda item: f"{address_of(application, item.step.value)}?check=1#{item.field}",
            "names": NAMES,
            "line_of": said,
        }

    def _step_page(
        self,
        application: Application,
        step: Step,
        content: StepContent | None,
        problems: Iterable[Problem],
        *,
        notice: str = "",
        status: int = 200,
        kept: Iterable[tuple[str, str]] = (),
        odd: Mapping[str, str] = MappingProxyType({}),
    ) -> Response:
        frame = self._frame(application) | {"problems": tuple(problems)}
        return _page(
            step.value,
            **frame,
            step=step,
            content=content,
            errors={problem.field: problem.message for problem in frame["problems"]},
            options=self._options,
            kinds=KINDS,
            genders=GENDERS,
            known=KNOWN,
            facts=self._facts(content),
            registered=self._registered(application) if step is Step.LOCATIONS else None,
            shown_phone=shown_phone,
            placed=self._placed(content),
            odd=odd,
            found=self._clinics_found(step),
            notice=notice,
            kept=tuple(kept),
            status=status,
        )

    def _conflict(self, application: Application, step: Step, typed: StepContent) -> AnyResponse:
        """Both versions side by side; sending again keeps what was typed here."""
        fresh = self._read(application.id, step)
        if request.form.get("do") == "autosave":
            return Response(status=409)
        kept = self._summary.of(fresh.draft, step)
        return self._step_page(fresh, step, typed, (), notice=_CHANGED, kept=kept, status=409)

    def _changed(self, step: Step, typed: StepContent, action: str, row: str) -> StepContent:
        if action == "add":
            typed = with_row(step, typed)
        if action == "remove" and row.isdecimal():
            return without_row(typed, int(row))
        if action == "look_up" and isinstance(typed, ClinicStep):
            return self._named(typed)
        if step is Step.PARTNERS and isinstance(typed, tuple):
            return tuple(self._partner_named(item) for item in typed)  # type: ignore[arg-type]
        return typed

    def _partner_named(self, partner: PartnerDraft) -> PartnerDraft:
        if not partner.clinic_id or partner.name:
            return partner
        return replace(partner, name=self._desk.clinic_name(partner.clinic_id))

    def _named(self, typed: ClinicStep) -> ClinicStep:
        facts = self._facts_of(typed.npi)
        if facts is None or not facts.organization or typed.name:
            return typed
        return ClinicStep(typed.npi, facts.name, typed.website, typed.email)

    def _follow_up(
        self, application: Application, step: Step, typed: StepContent, action: str, row: str
    ) -> Application:
        """What a change in one step means for another."""
        if step is Step.LOCATIONS and action == "remove" and row.isdecimal():
            people = without_location(application.draft.people, int(row))
            return self._also(application, Step.PEOPLE, people)
        if action == "look_up" and isinstance(typed, ClinicStep) and not application.draft.locations:
            return self._with_registered_place(application, typed.npi)
        return application

    def _with_registered_place(self, application: Application, number: str) -> Application:
        facts = self._facts_of(number)
        place = None if facts is None or not facts.organization else _location_of(facts)
        return application if place is None else self._also(application, Step.LOCATIONS, (place,))

    def _also(self, application: Application, step: Step, content: StepContent) -> Application:
        if stored(application.draft, step) == content or step not in STEPS[application.kind]:
            return application
        return self._desk.save(account().id, application.id, step, content, application.version).application

    def _facts(self, content: StepContent | None) -> dict[str, RegistryFacts]:
        """What the registry says of every number on the page."""
        numbers = {content.npi} if isinstance(content, ClinicStep) else set[str]()
        if isinstance(content, tuple):
            numbers |= {item.npi for item in content if hasattr(item, "npi")}
        found = ((number, self._facts_of(number)) for number in numbers)
        return {number: facts for number, facts in found if facts is not None}

    def _facts_of(self, number: str) -> RegistryFacts | None:
        return self._desk.facts(number) if number else None

    def _registered(self, application: Application) -> RegistryFacts | None:
        """What the registry says of the clinic, or of whose listing is claimed."""
        own = application.subject[1:] if application.kind is ApplicationKind.PRACTITIONER else ""
        return self._facts_of(own or application.draft.clinic.npi)

    def _placed(self, content: StepContent | None) -> dict[int, Placed]:
        """Where each address lies as far as we know, by row."""
        rows = content if isinstance(content, tuple) else ()
        return {
            row: placed(item, self._desk.placement(item))
            for row, item in enumerate(rows)
            if isinstance(item, LocationDraft) and item.line and item.city
        }

    def _clinics_found(self, step: Step) -> tuple[Listing, ...] | None:
        """Clinics by the name that was looked for, each once; None where nothing was."""
        if step is not Step.PARTNERS:
            return None
        return clinics_named(self._engine, request.args.get("clinic", ""), self._now().date())

    def _title(self, application: Application) -> str:
        if application.draft.clinic.name:
            return application.draft.clinic.name
        facts = self._facts_of(application.subject[1:]) if application.subject.startswith("p") else None
        return facts.name if facts else "A clinic without a name yet"


def make_blueprint(services: Services) -> Blueprint:
    """Everything under /registrations, and the page that tells about it."""
    views = RegisteringViews(services)
    pages = Blueprint("registering", __name__, template_folder="templates")
    pages.add_url_rule("/register", "about", views.about)
    pages.add_url_rule("/registrations", "mine", views.mine)
    pages.add_url_rule("/registrations", "start", views.start, methods=["POST"])
    pages.add_url_rule("/registrations/claims", "start_claim", views.start_claim, methods=["POST"])
    one = "/registrations/<application_id>"
    pages.add_url_rule(one, "overview", views.overview)
    pages.add_url_rule(f"{one}/review", "look_through", views.look_through)
    for name in ("submit", "claim", "withdraw", "revise"):
        pages.add_url_rule(f"{one}/{name}", name, getattr(views, name), methods=["POST"])
    for step in Step:
        rule = f"{one}/{step.value}"
        pages.add_url_rule(rule, f"step_{step.value}", _for(views.step, step))
        pages.add_url_rule(rule, f"save_{step.value}", _for(views.save, step), methods=["POST"])
    pages.register_error_handler(RecordsUnavailable, _later)
    return pages


def _later(error: RecordsUnavailable) -> Response:
    """Whoever cannot be served now gets back what they typed, to be sent again."""
    typed = tuple(request.form.items(multi=True))
    answer = _page("later", typed=typed, seconds=error.retry_after, status=503)
    answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _for(view: Callable[[str, Step], AnyResponse], step: Step) -> Callable[[str], AnyResponse]:
    return lambda application_id: view(application_id, step)


def _onward(application: Application, step: Step, action: str, problems: Iterable[Problem]) -> AnyResponse:
    """To the next page where all is right; else to this one, which says what is wrong unless a row was just added."""
    fields = {problem.field for problem in problems}
    if action == "next" and not fields:
        return _to(application, next_page(application, step))
    quiet = {"add": "#new", "remove": ""} | ({} if "npi" in fields else {"look_up": "#found"})
    where = quiet.get(action, "?check=1#problems")
    return redirect(address_of(application, step.value) + where, 303)


def _location_of(facts: RegistryFacts) -> LocationDraft | None:
    address = facts.address
    if address is None:
        return None
    return LocationDraft(
        address.line, address.line2, address.city, address.state, address.zip[:5], shown_phone(facts.phone)
    )


def _to(application: Application, page: str = "") -> AnyResponse:
    return redirect(address_of(application, page), 303)


def _page(name: str, *, status: int = 200, **values: Any) -> Response:
    return form_page(f"registering/{name}.html", status, **values)
