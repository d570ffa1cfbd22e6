"""Kills processes at random moments of registering and indexing, and looks at what is left after each.

A child process works on a site (SQLite, and one engine) and says on a pipe what was acknowledged to it. It is killed
with SIGKILL at a random moment. Then everything that was ever acknowledged must be in the records, the index must
equal the records once it was synchronised, and approved clinics must be found. Another process searches all the
time: every search must be answered, and none may miss a practitioner who was there from the start.

    python -m tests.faults.kill_loop --kills 300
    ELASTICSEARCH_URL=http://127.0.0.1:9200 python -m tests.faults.kill_loop --kills 60 --engine elasticsearch
"""

import argparse
import json
import os
import select as polling
import signal
import sys
import tempfile
import threading
import time
import traceback
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import BinaryIO

from sqlalchemy import func, select

from directory.bootstrap import Composition, now
from directory.domain.application import Application, State
from directory.domain.draft import ClinicStep, PersonDraft
from directory.engines.elasticsearch.client import connect
from directory.engines.elasticsearch.engine import ElasticsearchEngine
from directory.engines.elasticsearch.index import ElasticsearchIndex
from directory.engines.elasticsearch.lease import LEASE
from directory.engines.embedded.engine import EmbeddedEngine
from directory.records.schema import upgrade
from directory.records.tables import report
from directory.registration.publishing import Seen
from directory.registration.reports import ReportField
from directory.registration.validation import STEPS
from directory.search.engine import Engine
from directory.search.index import Index
from directory.search.query import Query
from directory.settings import Settings
from indexer.load import Options, RegistryLoader
from indexer.rebuild import rebuild
from indexer.reconcile import reconcile
from indexer.reporting import Silent
from indexer.sync import sync
from tests.factories.registration import DRAFT, EMAIL, PLACE, REVIEWER, Clock, Desk
from tests.factories.registry import individual, number, table
from tests.fakes.positions import FixedPositions

PEOPLE = 60
"""Practitioners who are there from the start and are never taken out."""
LEFT_ALONE = 0.15
"""Share of the processes that are not killed."""
RANKS = {State.DRAFT: 0, State.SUBMITTED: 1, State.UNDER_REVIEW: 2, State.APPROVED: 3}
ACTS = ("register", "register", "register", "attest", "report", "link", "sync", "sync", "rebuild", "load")

Say = Callable[..., None]


@dataclass(slots=True)
class Acknowledged:
    """Everything that a process was told is kept, over all rounds."""

    applications: dict[str, tuple[str, int, State, str]] = field(default_factory=dict)
    reports: int = 0
    attested: dict[str, str] = field(default_factory=dict)
    links: set[tuple[str, str]] = field(default_factory=set)
    loaded: int = 0
    position: int = 0

    def hear(self, line: dict[str, object]) -> None:
        getattr(self, f"_{line.pop('what')}")(**line)

    def _application(self, key: str, account: str, version: int, state: str, subject: str) -> None:
        self.applications[key] = (account, version, State(state), subject)

    def _report(self) -> None:
        self.reports += 1

    def _attest(self, subject: str, until: str) -> None:
        self.attested[subject] = until

    def _link(self, one: str, other: str) -> None:
        self.links.add((one, other))

    def _load(self, edition: int) -> None:
        self.loaded = max(self.loaded, edition)

    def _position(self, position: int) -> None:
        self.position = max(self.position, position)

    def approved(self) -> dict[str, str]:
        """Subjects with their owners' accounts."""
        return {
            subject: account for account, _, state, subject in self.applications.values() if state is State.APPROVED
        }


@dataclass(slots=True)
class Site:
    """A directory that children work on. `ahead` is how far the clock of the writers' lock was put forward."""

    folder: Path
    engine: str
    url: str = ""
    alias: str = ""
    ahead: timedelta = timedelta()

    def composition(self) -> Composition:
        """A fresh one: nothing of it may cross a fork."""
        return Composition(
            Settings(
                data_dir=self.folder,
                database_url=f"sqlite:///{self.folder / 'directory.sqlite'}",
                engine=self.engine,
                index_dir=self.folder / "index",
                elasticsearch_url=self.url,
                elasticsearch_alias=self.alias,
            )
        )

    def clock(self) -> datetime:
        return now() + self.ahead

    def index(self, composition: Composition) -> Index:
        """A lock on Elasticsearch outlives its holder by the length of its lease: clocks go forward instead."""
        if self.engine == "embedded":
            return composition.index("embedded")
        return ElasticsearchIndex(connect(self.url), self.alias, clock=self.clock)

    def searcher(self) -> Engine:
        """Patient, since other tests may keep the machine busy."""
        if self.engine == "embedded":
            return EmbeddedEngine(self.folder / "index")
        return ElasticsearchEngine(connect(self.url), self.alias, 60.0)

    def wait_for_the_lock(self) -> None:
        if self.engine == "elasticsearch":
            self.ahead += 2 * LEASE


class Worker:
    """What one child does until it is killed; `say` acknowledges."""

    def __init__(self, site: Site, known: Acknowledged, random: Random, serial: int, say: Say) -> None:
        self.site, self.known, self.random, self.serial, self.say = site, known, random, serial, say
        self.composition = site.composition()
        self.desk = Desk(self.composition.database, Clock(now()))
        self.index = site.index(self.composition)

    def register(self) -> None:
        """Goes on with a registration that was cut off, or begins one."""
        account = f"account-{self.serial}"
        unfinished = [(key, held[0]) for key, held in self.known.applications.items() if held[2] is not State.APPROVED]
        if unfinished and self.random.random() < 0.6:
            key, account = self.random.choice(unfinished)
            application = self.desk.applying.read(account, key)
        else:
            application = self._told(self.desk.applying.start(account, EMAIL))
        while application.state is not State.APPROVED:
            application = self._told(self._onward(application))

    def _onward(self, application: Application) -> Application:
        desk = self.desk
        if application.state is State.DRAFT:
            return desk.submit(self._filled(application))
        if application.state is State.SUBMITTED:
            return desk.begun(application)
        return desk.reviewing.approve(REVIEWER, application.id, application.version, Seen.SAW_DOCUMENT)

    def _filled(self, application: Application) -> Application:
        name = f"Juniper {application.account_id}"
        draft = replace(
            DRAFT,
            clinic=ClinicStep(name=name, website="juniper.example", email="office@juniper.example"),
            locations=(replace(PLACE, line=f"{application.account_id.rpartition('-')[2]} Elm St"),),
            people=(PersonDraft(npi=number(1)), PersonDraft(npi=number(2))),
        )
        for step in STEPS[application.kind]:
            content = getattr(draft, step.value)
            if content not in (None, getattr(application.draft, step.value)):
                saved = self.desk.applying.save(
                    application.account_id, application.id, step, content, application.version
                )
                application = self._told(saved.application)
        return application

    def _told(self, application: Application) -> Application:
        self.say(
            what="application",
            key=application.id,
            account=application.account_id,
            version=application.version,
            state=application.state.value,
            subject=application.subject,
        )
        return application

    def attest(self) -> None:
        """Each time on a later day, so that there is something to write."""
        self.desk.clock.passes(days=-max(0, 50 - self.serial // 6))
        for subject, account in self.known.approved().items():
            until = self.desk.practices.attest(account, subject)
            self.say(what="attest", subject=subject, until=until.isoformat())

    def report(self) -> None:
        """Reports of one day never hide anything, however many: what is searched for stays as it is."""
        for listing in self.site.searcher().search(Query(today=now().date(), limit=10)).hits:
            self.desk.reporting.report(listing.listing.id, ReportField.HOURS, "closed", f"client-{self.serial}")
            self.say(what="report")

    def link(self) -> None:
        owners = self.known.approved()
        subjects = list(owners)
        for one, other in zip(subjects[::2], subjects[1::2], strict=False):
            if (one, other) not in self.known.links:
                self.desk.linking.confirm(owners[one], one[1:], other[1:])
                self.desk.linking.confirm(owners[other], other[1:], one[1:])
                self.say(what="link", one=one, other=other)

    def before_sync(self) -> None:
        """Something to synchronise: everybody moves."""
        self.load()

    def sync(self) -> None:
        composition = self.composition
        done = sync(composition.source, self.index, composition.making())
        self.say(what="position", position=done.position)

    def rebuild(self) -> None:
        composition = self.composition
        done = rebuild(composition.source, self.index, composition.making(), Silent())
        self.say(what="position", position=done.generation.position)

    def load(self) -> None:
        load(self.site, self.composition, self.serial)
        self.say(what="load", edition=self.serial)


def load(site: Site, composition: Composition, edition: int) -> None:
    """A registry file in which everybody moved to the house number of its edition."""
    path = site.folder / f"npidata_pfile_{now():%Y%m%d}.csv"
    rows = [individual(serial, line1=f"{edition} N EXAMPLE ST") for serial in range(1, PEOPLE + 1)]
    draft = path.with_name(f"{os.getpid()}-{path.name}")
    draft.write_bytes(table(rows))
    draft.replace(path)
    loader = RegistryLoader(composition.loading, composition.vocabulary, FixedPositions(), now().date(), Silent())
    loader.load(path, Options(site.folder / "rejects", 120, repeat=True, allow_older=True))


@dataclass(slots=True)
class Tally:
    """What the whole run saw."""

    kills: Counter[str] = field(default_factory=Counter)
    finished: Counter[str] = field(default_factory=Counter)
    checks: int = 0
    mended: int = 0
    """Listings in which record and index differed after a recovery by `sync` alone."""
    searches: int = 0
    unanswered: int = 0
    short: int = 0
    acknowledged: Acknowledged = field(default_factory=Acknowledged)

    def as_data(self) -> dict[str, object]:
        known = self.acknowledged
        return {
            "kills": sum(self.kills.values()),
            "killed_during": dict(sorted(self.kills.items())),
            "lived_to_the_end": sum(self.finished.values()),
            "checks": self.checks,
            "differences": self.mended,
            "applications": len(known.applications),
            "approved": len(known.approved()),
            "reports": known.reports,
            "links": len(known.links),
            "searches": self.searches,
            "unanswered": self.unanswered,
            "searches_that_missed_somebody": self.short,
        }


def run(site: Site, kills: int, seed: int, progress: Callable[[Tally], None] = lambda _: None) -> Tally:
    """Kills so many children; raises AssertionError at the first thing lost."""
    random, tally = Random(seed), Tally()
    _prepare(site)
    takes: dict[str, float] = {}
    serial = 0
    with _searching(site, tally):
        while sum(tally.kills.values()) < kills:
            serial += 1
            act = random.choice(ACTS)
            # How long it takes is measured while it is left alone, now and then anew, since there is ever more to do.
            # A kill falls anywhere within and a little beyond.
            left_alone = act not in takes or random.random() < LEFT_ALONE
            delay = None if left_alone else random.uniform(0, 1.1 * takes[act])
            killed, seconds = _child(site, tally.acknowledged, act, Random(random.random()), serial, delay)
            if left_alone:
                takes[act] = (seconds + takes.get(act, seconds)) / 2
            (tally.kills if killed else tally.finished)[act] += 1
            _check(site, tally)
            progress(tally)
    return tally


def _prepare(site: Site) -> None:
    composition = site.composition()
    upgrade(composition.database)
    load(site, composition, 0)
    rebuild(composition.source, site.index(composition), composition.making(), Silent())
    composition.database.dispose()


def _child(
    site: Site, known: Acknowledged, act: str, random: Random, serial: int, delay: float | None
) -> tuple[bool, float]:
    """Forks, lets the child work, kills it after `delay` seconds; whether it was killed at work, and after how long."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reads)
        _work(site, known, act, random, serial, writes)
    os.close(writes)
    with os.fdopen(reads, "rb") as pipe:
        lines = _until_ready(pipe)
        began = time.monotonic()
        if delay is not None and not _ends_within(child, delay):
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        seconds = time.monotonic() - began
        for line in (*lines, *pipe):
            known.hear(json.loads(line))
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0, f"{act} failed by itself"
    return os.WIFSIGNALED(status), seconds


def _until_ready(pipe: BinaryIO) -> list[bytes]:
    """What was acknowledged before the part that is to be killed began."""
    lines: list[bytes] = []
    while (line := pipe.readline()) != b"ready\n":
        assert line, "the child could not begin"
        lines.append(line)
    return lines


def _ends_within(child: int, seconds: float) -> bool:
    handle = os.pidfd_open(child)
    try:
        return bool(polling.select([handle], [], [], seconds)[0])
    finally:
        os.close(handle)


def _work(site: Site, known: Acknowledged, act: str, random: Random, serial: int, writes: int) -> None:
    """Never returns. Each acknowledgement is one write, which no kill splits."""
    code = 1
    try:
        worker = Worker(site, known, random, serial, partial(_acknowledge, writes))
        getattr(worker, f"before_{act}", worker.composition.source.position)()
        os.write(writes, b"ready\n")
        getattr(worker, act)()
        code = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _acknowledge(writes: int, **line: object) -> None:
    os.write(writes, json.dumps(line).encode() + b"\n")


def _check(site: Site, tally: Tally) -> None:
    """After a kill: nothing acknowledged is missing, and the index equals the records once it was synchronised."""
    site.wait_for_the_lock()
    composition, known = site.composition(), tally.acknowledged
    index, source = site.index(composition), composition.source
    live = index.live()
    assert live is not None
    assert live.position >= known.position
    _check_records(composition, known)
    sync(source, index, composition.making())
    done = reconcile(source, index, composition.making(), Silent())
    tally.mended += done.first.differences
    assert done.last.differences == 0
    engine = site.searcher()
    for subject in known.approved():
        assert engine.of_subject(subject, now().date()), f"{subject} is not found"
    _check_editions(engine, known.loaded)
    tally.checks += 1
    composition.database.dispose()


def _check_editions(engine: Engine, loaded: int) -> None:
    """Everybody is found at the address of the last load that was acknowledged, or of a later one."""
    for serial in range(1, PEOPLE + 1):
        (listing,) = engine.of_subject(f"p{number(serial)}", now().date())
        assert int(listing.card.address.line.split()[0]) >= loaded, f"{listing.id} is where it was before"


def _check_records(composition: Composition, known: Acknowledged) -> None:
    desk = Desk(composition.database, Clock(now()))
    for key, (account, version, state, _) in known.applications.items():
        held = desk.applying.read(account, key)
        assert (held.version, RANKS[held.state]) >= (version, RANKS[state]), f"{key} went back"
    with composition.database.connect() as connection:
        assert (connection.scalar(select(func.count()).select_from(report)) or 0) >= known.reports
    owners = known.approved()
    for one, other in known.links:
        links = desk.linking.links(owners[one], one[1:])
        assert any({item.clinic_id, item.partner_id} == {one[1:], other[1:]} and item.confirmed for item in links)
    for subject, until in known.attested.items():
        (until_held,) = [
            item.expires_on for item in desk.practices.listings(owners[subject]) if item.subject == subject
        ]
        assert until_held is not None
        assert until_held.isoformat() >= until


@contextmanager
def _searching(site: Site, tally: Tally) -> Iterator[None]:
    """Another process searches without a pause and leaves its counts in a file when it is told to stop."""
    counts = site.folder / "searches.json"
    child = os.fork()
    if child == 0:
        _search(site, counts)
    try:
        yield
    finally:
        os.kill(child, signal.SIGTERM)
        _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, "the searching process died"
    seen = json.loads(counts.read_text(encoding="utf-8"))
    tally.searches, tally.unanswered, tally.short = seen["searches"], seen["unanswered"], seen["short"]


_BETWEEN_SEARCHES_S = 0.01


def _search(site: Site, counts: Path) -> None:
    code, stopping = 1, threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    seen = Counter(searches=0, unanswered=0, short=0)
    try:
        engine = site.searcher()
        while not stopping.wait(_BETWEEN_SEARCHES_S):
            try:
                total = engine.search(Query(today=now().date(), limit=5)).total
                seen["short"] += total < PEOPLE
            except Exception:
                traceback.print_exc()
                seen["unanswered"] += 1
            seen["searches"] += 1
        counts.write_text(json.dumps(seen), encoding="utf-8")
        code = 0
    finally:
        os._exit(code)


@contextmanager
def made(engine: str, url: str = "") -> Iterator[Site]:
    """A site of its own, removed afterwards."""
    alias = f"kills-{uuid.uuid4().hex[:12]}" if url else ""
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        yield Site(Path(folder), engine, url, alias)
    if url:
        with suppress(Exception):
            client = connect(url)
            for name in client.indices.get(index=f"{alias}-*", expand_wildcards="all"):
                client.indices.delete(index=name)
            client.close()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--kills", type=int, default=300)
    asked.add_argument("--engine", choices=("embedded", "elasticsearch"), default="embedded")
    asked.add_argument("--seed", type=int, default=1)
    chosen = asked.parse_args()
    url = os.environ["ELASTICSEARCH_URL"] if chosen.engine == "elasticsearch" else ""

    def progress(tally: Tally) -> None:
        if tally.checks % 20 == 0:
            print(json.dumps(tally.as_data()), flush=True)  # noqa: T201 - this is what the command is for

    began = time.monotonic()
    with made(chosen.engine, url) as site:
        tally = run(site, chosen.kills, chosen.seed, progress)
    done = {"engine": chosen.engine, "seed": chosen.seed, "seconds": round(time.monotonic() - began)}
    print(json.dumps(done | tally.as_data()), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
