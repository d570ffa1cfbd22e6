"""The composition root: the only file that names concrete adapters and reads settings.

Everything is made when first asked for, so that a command pays only for what it uses. Pages and Elasticsearch are not
even imported before: that takes half a second, which every command of the indexer would pay.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import Engine as Database

from directory.adapters.mail import FileBox, SmtpMailer, smtp_server
from directory.adapters.passwords import hashed
from directory.adapters.release import release
from directory.domain.application import NotAllowed
from directory.domain.errors import InvalidInput, RecordsUnavailable
from directory.engines.embedded.archive import EmbeddedArchive
from directory.engines.embedded.engine import EmbeddedEngine
from directory.engines.embedded.index import EmbeddedIndex
from directory.engines.fallback import FallbackEngine
from directory.geocoding import offline_places, offline_positions, service_positions
from directory.records.accounts import SqlAccounts
from directory.records.applications import SqlApplications
from directory.records.database import open_database
from directory.records.exclusions import SqlExclusionDesk
from directory.records.links import SqlLinks
from directory.records.loading import SqlLoading
from directory.records.mails import SqlMailQueue
from directory.records.maintenance import Maintenance
from directory.records.practices import SqlPractices
from directory.records.quality import SqlQuality
from directory.records.register import SqlRegister
from directory.records.registry import SqlExclusions, SqlRegistry
from directory.records.reports import SqlReports
from directory.records.source import SqlListingSource
from directory.registration.accounts import AccountDesk, AccountStore
from directory.registration.applying import Applying
from directory.registration.checking import Checking
from directory.registration.demonstration import DemonstrationReviewer
from directory.registration.exclusions import ExclusionDesk
from directory.registration.letters import Letters
from directory.registration.links import Linking
from directory.registration.loading import Loading
from directory.registration.mail import Mailer, MailQueue, Relay
from directory.registration.practices import Practices
from directory.registration.publishing import Publishing
from directory.registration.quality import QualityDesk
from directory.registration.register import Register
from directory.registration.reports import Reporting
from directory.registration.reviewing import Reviewing
from directory.registration.validation import Validation
from directory.search.document import Making
from directory.search.engine import Engine
from directory.search.find import Finder
from directory.search.index import Archive, Index
from directory.search.places import Places, Positions
from directory.search.ranking import load_ranking
from directory.search.source import ListingSource
from directory.settings import ENGINES, Settings, read_settings
from directory.understanding.ask import Asking
from directory.understanding.findings.assess import TextAssessor
from directory.understanding.reader import TextReader
from directory.vocabulary.reader import load
from directory.vocabulary.vocabulary import Vocabulary

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch
    from flask import Flask

    from directory.engines.elasticsearch.archive import ElasticsearchArchive
    from directory.engines.elasticsearch.index import ElasticsearchIndex
    from directory.engines.elasticsearch.layout import Layout
    from directory.web.services import Desks, Services, WebSettings

_LOCAL = "http://127.0.0.1:8000"
"""Where links in mails lead while nobody has said where the site is."""


def now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


class Composition:
    """One process's objects, wired by its settings."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return load()

    @cached_property
    def database(self) -> Database:
        return open_database(self.settings.database_url)

    @cached_property
    def source(self) -> ListingSource:
        return SqlListingSource(self.database, self.vocabulary, lambda: now().date())

    @cached_property
    def loading(self) -> Loading:
        return SqlLoading(self.database)

    @cached_property
    def register(self) -> Register:
        return SqlRegister(self.database)

    @cached_property
    def accounts(self) -> AccountStore:
        return SqlAccounts(self.database)

    @cached_property
    def account_desk(self) -> AccountDesk:
        """What an operator does about accounts."""
        return AccountDesk(self.accounts, hashed, now)

    @cached_property
    def applying(self) -> Applying:
        """What applicants do."""
        applications, registry = SqlApplications(self.database), SqlRegistry(self.database)
        checks = self._checking, Validation(self.vocabulary)
        return Applying(applications, registry, *checks, self._letters, now, self.source.record)

    @cached_property
    def reviewing(self) -> Reviewing:
        """What reviewers do."""
        applications, registry = SqlApplications(self.database), SqlRegistry(self.database)
        publishing = Publishing(self.positions, registry)
        return Reviewing(applications, registry, self._checking, publishing, self._letters, now)

    @cached_property
    def practices(self) -> Practices:
        """What those do who look after a listing."""
        return Practices(SqlPractices(self.database), self._letters, now)

    @cached_property
    def reporting(self) -> Reporting:
        """What anybody does about a wrong field."""
        return Reporting(SqlReports(self.database), secret_key(self.settings).encode(), now)

    @cached_property
    def linking(self) -> Linking:
        """What clinics do about referral partners."""
        return Linking(SqlLinks(self.database), self._letters, now)

    @cached_property
    def exclusions(self) -> ExclusionDesk:
        return SqlExclusionDesk(self.database)

    @cached_property
    def quality(self) -> QualityDesk:
        return SqlQuality(self.database)

    @cached_property
    def mail_queue(self) -> MailQueue:
        return SqlMailQueue(self.database)

    @cached_property
    def relay(self) -> Relay:
        """What sends the mails that are queued."""
        return Relay(self.mail_queue, self._mailer)

    @cached_property
    def mail_box(self) -> FileBox | None:
        """Where mails lie while no server is configured."""
        chosen = self.settings
        return None if chosen.smtp_url else FileBox(chosen.data_dir / "mail", chosen.mail_from)

    @property
    def _mailer(self) -> Mailer:
        return self.mail_box or SmtpMailer(smtp_server(self.settings.smtp_url), self.settings.mail_from)

    @cached_property
    def _checking(self) -> Checking:
        registry, exclusions = SqlRegistry(self.database), SqlExclusions(self.database)
        return Checking(registry, exclusions, self.positions, self.vocabulary)

    @property
    def _letters(self) -> Letters:
        return Letters((self.settings.public_url or _LOCAL).rstrip("/"))

    @cached_property
    def maintenance(self) -> Maintenance:
        return Maintenance(self.database)

    @cached_property
    def places(self) -> Places:
        return offline_places(self.settings.data_dir)

    @cached_property
    def positions(self) -> Positions:
        if self.settings.geocoder == "offline":
            return offline_positions(self.settings.data_dir)
        return service_positions(
            self.settings.geocoder,
            _options(self.settings.geocoder_options),
            cache_path=self.settings.data_dir / "geocoding.sqlite",
        )

    @cached_property
    def engine(self) -> Engine:
        """The engine that people are answered by: the chosen one and, where configured, the embedded one behind it."""
        chosen = self.engine_named(self.settings.engine)
        if self.settings.fallback in ("", self.settings.engine):
            return chosen
        return FallbackEngine(chosen, self.engine_named(self.settings.fallback))

    def index(self, name: str) -> Index:
        """The index called `embedded` or `elasticsearch`."""
        return self.archived(name)[0]

    def archived(self, name: str) -> tuple[Index, Archive]:
        """An index, and where snapshots of it are kept."""
        chosen = self.settings
        if name == "embedded":
            embedded = EmbeddedIndex(chosen.index_dir, now)
            return embedded, EmbeddedArchive(embedded, chosen.snapshot_dir, now)
        if name == "elasticsearch":
            from directory.engines.elasticsearch.index import ElasticsearchIndex

            index = ElasticsearchIndex(self._elasticsearch, chosen.elasticsearch_alias, self.layout())
            return index, self._elasticsearch_archive(index)
        raise InvalidInput(f"An engine is one of {', '.join(ENGINES)}, not {name!r}.", "engine")

    def layout(self) -> Layout:
        """How Elasticsearch is to lay out generations. Raises InvalidInput naming the setting that cannot be used."""
        from directory.engines.elasticsearch.layout import Layout

        chosen = self.settings
        return Layout(
            chosen.elasticsearch_shards,
            chosen.elasticsearch_replicas,
            chosen.elasticsearch_segments,
            tuple(field.strip() for field in chosen.elasticsearch_sort_by.split(",") if field.strip()),
            chosen.elasticsearch_senders,
        )

    def _elasticsearch_archive(self, index: ElasticsearchIndex) -> ElasticsearchArchive:
        from directory.engines.elasticsearch.archive import ElasticsearchArchive

        alias, location = self.settings.elasticsearch_alias, self.settings.elasticsearch_snapshot_location
        repository = self.settings.elasticsearch_snapshot_repository or alias
        return ElasticsearchArchive(index, self._elasticsearch, alias, repository, location)

    def making(self) -> Making:
        """What listings are made with today."""
        return Making(self.vocabulary, now().date(), self.source.is_demonstration())

    @cached_property
    def _elasticsearch(self) -> Elasticsearch:
        from directory.engines.elasticsearch.client import connect

        chosen = self.settings
        return connect(
            chosen.elasticsearch_url,
            chosen.elasticsearch_api_key or None,
            chosen.elasticsearch_ca_certs or None,
            chosen.elasticsearch_username or None,
            chosen.elasticsearch_password or None,
        )

    def engine_named(self, name: str) -> Engine:
        """The engine called `embedded` or `elasticsearch`."""
        if name == "embedded":
            return EmbeddedEngine(self.settings.index_dir)
        from directory.engines.elasticsearch.engine import ElasticsearchEngine

        return ElasticsearchEngine(self._elasticsearch, self.settings.elasticsearch_alias)

    def app(self) -> Flask:
        """The web application. What only start-up has time for is done here, not at the first request."""
        from directory.web.app import create_app

        services = self.services()
        services.reader.read("sciatica near 60614")
        services.demonstration()
        return create_app(services)

    def demonstration_reviewer(self) -> DemonstrationReviewer:
        """A reviewer to try the demonstration with, made anew; raises NotAllowed where the records are real."""
        if not self.source.is_demonstration():
            raise NotAllowed("These records are not a demonstration: make accounts with `directory user create`.")
        return self.reviewer_to_try()

    def reviewer_to_try(self) -> DemonstrationReviewer:
        """The same, whatever the records are."""
        from directory.web.accounts.second_factor import new_second_factor

        return DemonstrationReviewer.make(self.accounts, hashed, new_second_factor(secret_key(self.settings)), now())

    def services(self) -> Services:
        """What pages and JSON work with."""
        from directory.web.demonstration import Demonstration
        from directory.web.services import Services

        ranking = load_ranking()
        assessor = TextAssessor()
        reader = TextReader(self.vocabulary, self.places, assessor)
        finder = Finder(self.engine, ranking, self.vocabulary)
        return Services(
            asking=Asking(finder, self.places, reader, self.vocabulary),
            engine=self.engine,
            places=self.places,
            reader=reader,
            assessor=assessor,
            vocabulary=self.vocabulary,
            ranking=ranking,
            removals=self.register,
            desks=self._desks(),
            accounts=self.accounts,
            mail_box=self.mail_box,
            records_answer=self._records_answer,
            demonstration=Demonstration(self.engine, now),
            state=self._state(),
            now=now,
            settings=self._web_settings(),
        )

    def _desks(self) -> Desks:
        from directory.web.services import Desks

        return Desks(
            applying=self.applying,
            reviewing=self.reviewing,
            practices=self.practices,
            reporting=self.reporting,
            linking=self.linking,
            quality=self.quality,
            register=self.register,
        )

    def _web_settings(self) -> WebSettings:
        from directory.web.services import WebSettings

        chosen = self.settings
        return WebSettings(
            secret_key(chosen),
            trusted_proxies=chosen.trusted_proxies,
            rate_limit=chosen.rate_limit,
            sign_in_limit=chosen.sign_in_limit,
            public_url=chosen.public_url,
        )

    def _state(self) -> Callable[[], str]:
        """Only the embedded engine can tell in a moment that its index is what it was."""
        engine = self.engine
        if not isinstance(engine, EmbeddedEngine):
            return lambda: ""
        answers_by = release()
        return lambda: f"{answers_by} {engine.state()}"

    def _records_answer(self) -> bool:
        try:
            self.source.is_demonstration()
        except RecordsUnavailable:
            return False
        return True


def _options(text: str) -> dict[str, object]:
    """Options of a geopy service from JSON; raises InvalidInput for anything but an object."""
    try:
        options = orjson.loads(text or "{}")
    except orjson.JSONDecodeError:
        options = None
    if not isinstance(options, dict):
        raise InvalidInput('DIRECTORY_GEOCODER_OPTIONS is a JSON object such as {"user_agent": "..."}.')
    return options


def secret_key(settings: Settings) -> str:
    """The configured key, or one made once and kept beside the data, so that all workers share it."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data_dir / "secret-key"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(32))
    return path.read_text(encoding="ascii")


def _write_once(path: Path, text: str) -> None:
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="ascii")
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass  # Another worker was first: its key is the one.
    finally:
        draft.unlink()


def compose(environment: Mapping[str, str] = os.environ) -> Composition:
    """The composition for an environment. Raises InvalidInput naming a variable that cannot be used."""
    return Composition(read_settings(environment))
