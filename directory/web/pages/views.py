"""Views of the pages. Each parses, asks one service, and renders in one language."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from flask import Response, make_response, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from directory.domain.errors import InvalidInput, NotFound, RecordsUnavailable
from directory.domain.npi import is_valid_npi
from directory.guidance.pathway import Pathway
from directory.guidance.preparation import preparation
from directory.guidance.questionnaire import questionnaire
from directory.registration.reports import ReportField
from directory.search.listing import FACETS, Listing
from directory.search.network import network_around
from directory.understanding.ask import Asked
from directory.web.asking import asked_of
from directory.web.limits import client
from directory.web.pages.conditions import ConditionPages
from directory.web.pages.corrections import CorrectionForm, problems, report, send
from directory.web.pages.edition import Edition
from directory.web.pages.facets import COUNTED
from directory.web.pages.guide import GuidePages, Screen
from directory.web.pages.home import stages
from directory.web.pages.links import Parameters
from directory.web.pages.prepare import sheet
from directory.web.pages.profiles import Profiles
from directory.web.pages.quality import QualityPages
from directory.web.pages.ranking_page import tables
from directory.web.pages.results import start_of
from directory.web.pages.writing import Once
from directory.web.services import Services

PROSE = ("about", "data-sources", "privacy", "accessibility")
_HOUR_S, _MINUTES_S = 3_600, 300
_LISTED = frozenset(COUNTED) & frozenset(FACETS)


class Views:
    """The pages in one language, over the services of one application."""

    def __init__(self, services: Services, edition: Edition, pathway: Pathway) -> None:
        self._services = services
        self._edition = edition
        self._profiles = Profiles(edition, services.vocabulary)
        self._conditions = ConditionPages(edition, services.vocabulary)
        self._stages = stages(services.vocabulary, edition.texts, edition.names)
        self._guide = GuidePages(edition, questionnaire(), pathway)
        self._sheet = sheet(preparation(), edition)
        self._quality = QualityPages(edition)
        self._ranking = tables(services.ranking, edition.texts)

    def home(self) -> Response:
        return cached(self._edition.render("home.html", stages=self._stages))

    def search(self) -> Response:
        """Results. They tell what somebody is looking for: no cache keeps them, no search engine lists them."""
        parameters = Parameters.of(request.args.items(multi=True))
        try:
            asked = asked_here(parameters, request.args.get("cursor", ""), self._edition.language)
            start = start_of(request.args.get("from", ""))
            answer = self._services.asking.ask(asked, self._services.now().date())
        except InvalidInput as error:
            return self._search_refused(parameters, error)
        page = self._edition.results.page(answer, parameters, start)
        body = self._edition.render("results.html", page=page, asked=asked, parameters=parameters, once=Once())
        return unlisted(body)

    def _search_refused(self, parameters: Parameters, error: InvalidInput) -> Response:
        body = self._edition.render("refused.html", message=str(error), field=error.field, parameters=parameters)
        return unlisted(body, 422)

    def practitioner(self, npi: str) -> Response:
        if not is_valid_npi(npi):
            raise NotFound(self._edition.texts("practitioner.none"))
        page = self._profiles.practitioner(self._listings(npi))
        checking = self._being_checked(f"p{npi}")
        return unlisted(self._edition.render("practitioner.html", page=page, checking=checking))

    def clinic(self, clinic_id: str) -> Response:
        network = network_around(clinic_id, self._services.engine, self._services.now().date())
        if not network.members:
            raise NotFound(self._edition.texts("clinic.none"))
        page = self._profiles.clinic(network)
        checking = self._being_checked(f"c{clinic_id}")
        return unlisted(self._edition.render("clinic.html", page=page, checking=checking))

    def _being_checked(self, subject: str) -> Mapping[str, str]:
        """Listing id -> names of what visitors reported as wrong there. Without the records the page goes without."""
        try:
            found = self._services.desks.reporting.hidden(subject)
        except RecordsUnavailable:
            return {}
        return {listing: self._fields(fields) for listing, fields in found.items()}

    def _fields(self, fields: Collection[ReportField]) -> str:
        t = self._edition.texts
        return t.all_of(tuple(t(f"correct.field_{field.value}") for field in ReportField if field in fields))

    def _listings(self, npi: str) -> Sequence[Listing]:
        found = self._services.engine.of_subject(f"p{npi}", self._services.now().date())
        if not found:
            raise NotFound(self._edition.texts("practitioner.none"))
        return found

    def correct(self, listing_id: str) -> AnyResponse:
        """The form, and what it sends. Nothing changes by it alone: a person reads every request."""
        listing = self._listing(listing_id)
        form = CorrectionForm()
        errors = problems(form, self._edition.texts) if form.is_submitted() else {}
        if not form.is_submitted() or errors:
            return self._correction(form, listing, errors, 422 if errors else 200)
        try:
            report(form, listing.id, self._services.desks.reporting, client())
            send(form, listing.subject, self._services.removals)
        except RecordsUnavailable:
            # What was typed must not be lost with the error: it is shown again, to be sent later.
            return self._correction(form, listing, {"form": self._edition.texts("correct.error.later")}, 503)
        return redirect(self._edition.href(f"/corrections/{form.what.data}/received"), 303)

    def _correction(self, form: CorrectionForm, listing: Listing, errors: dict[str, str], status: int) -> Response:
        card = self._edition.cards.card(listing)
        fields = [field.value for field in ReportField]
        page = self._edition.render("correct.html", form=form, card=card, errors=errors, fields=fields)
        return unlisted(page, status)

    def received(self, what: str) -> Response:
        return unlisted(self._edition.render("received.html", what=what))

    def _listing(self, listing_id: str) -> Listing:
        found = self._services.engine.get([listing_id], self._services.now().date())
        if not found:
            raise NotFound(self._edition.texts("correct.none"))
        return found[0]

    def quality(self) -> Response:
        """How well the records are kept, in figures of this moment."""
        figures = self._quality.page(self._services.desks.quality.quality(self._services.now()))
        return cached(self._edition.render("quality.html", figures=figures), _MINUTES_S)

    def guide(self) -> Response:
        """The next question, or what follows from the answers. Nothing of them is kept."""
        page = self._guide.page(request.args)
        template = "guide_question.html" if isinstance(page, Screen) else "guide_result.html"
        body = self._edition.render(template, page=page)
        return unlisted(body) if request.args else uncached(body)

    def prepare(self) -> Response:
        """The empty sheet. What is written on it never comes here."""
        specialty = request.args.get("specialty", "")
        return uncached(self._edition.render("prepare.html", sheet=self._sheet, specialty=specialty))

    def conditions(self) -> Response:
        return cached(self._edition.render("conditions.html", letters=self._conditions.index()))

    def condition(self, slug: str) -> Response:
        condition = self._services.vocabulary.conditions.get(slug)
        if condition is None:
            raise NotFound(self._edition.texts("condition.none"))
        public = self._services.settings.public_url.rstrip("/") or request.url_root.rstrip("/")
        page = self._conditions.page(condition, public + request.path)
        return cached(self._edition.render("condition.html", page=page))

    def about_ranking(self) -> Response:
        version = self._services.ranking.version
        return cached(self._edition.render("about_ranking.html", tables=self._ranking, version=version))

    def prose(self, name: str) -> Response:
        return cached(self._edition.render(f"prose/{name}.{self._edition.language}.html"))


def asked_here(parameters: Parameters, cursor: str, language: str) -> Asked:
    """What a page of results asks for. A place that was typed wins over the position of an earlier search."""
    if parameters.get("near"):
        parameters = parameters.dropping("lat", "lon")
    if cursor:
        parameters = parameters.adding("cursor", cursor)
    asked = asked_of(MultiDict(parameters.pairs), language)
    counted = {*_LISTED, *(field for field in asked.filters if field in FACETS)}
    return replace(asked, facets=tuple(field for field in FACETS if field in counted))


def unlisted(body: str, status: int = 200) -> Response:
    """A page that search engines leave out."""
    response = make_response(body, status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def uncached(body: str) -> Response:
    """A page that search engines may list and no cache keeps: its address can tell something about a person."""
    return make_response(body)


def cached(body: str, seconds: int = _HOUR_S) -> Response:
    """A page that is the same for everybody."""
    response = make_response(body)
    response.cache_control.public = True
    response.cache_control.max_age = seconds
    response.add_etag()
    response.make_conditional(request)
    return response
