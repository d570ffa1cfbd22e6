"""How long after an approval a listing is found, on each engine, while `indexer sync --follow` runs as a process.

The budget is 2 s. There is no peer: what is measured is a wait, of which the follower's interval is most.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from elasticsearch import Elasticsearch

from benchmarks import report
from benchmarks.processes import running
from benchmarks.report import Row
from directory.bootstrap import Composition, compose
from directory.domain.draft import ClinicDraft, ClinicKind, ClinicStep, LocationDraft, PersonDraft
from directory.registration.publishing import Seen
from directory.registration.validation import STEPS
from directory.search.engine import Engine

BUDGET_MS = 2_000.0
_POLL_S = 0.01
_PATIENCE_S = 30.0
_INDEXER = str(Path(sys.executable).with_name("indexer"))
_APPLICANT, _REVIEWER = "applicant", "reviewer"


def _filled(number: int, npi: str) -> ClinicDraft:
    place = LocationDraft(line=f"{number} Elm St", city="Chicago", state="IL", zip="60614", phone="312-555-0100")
    clinic = ClinicStep(name=f"Measured {secrets.token_hex(4)}", email="office@example.org")
    return ClinicDraft(clinic, (place,), ClinicKind.SOLO, (PersonDraft(npi=npi),))


def approved(here: Composition, draft: ClinicDraft) -> str:
    """Registers and approves a clinic; its subject."""
    application = here.applying.start(_APPLICANT, "office@example.org")
    for step in STEPS[application.kind]:
        content = getattr(draft, step.value)
        application = here.applying.save(_APPLICANT, application.id, step, content, application.version).application
    application = here.applying.submit(_APPLICANT, application.id, application.version).application
    application = here.reviewing.begin(_REVIEWER, application.id, application.version)
    done = here.reviewing.approve(_REVIEWER, application.id, application.version, Seen.SAW_DOCUMENT)
    return done.subject


def wait(here: Composition, engine: Engine, subject: str) -> float:
    """Seconds until the engine finds the listing."""
    record = here.source.record(subject)
    if record is None:
        raise SystemExit(f"{subject} was not published.")
    listing = f"{subject}.{record.sites[0].location.id}"  # type: ignore[union-attr]
    began = time.perf_counter()
    while time.perf_counter() - began < _PATIENCE_S:
        if engine.get([listing], datetime.now(UTC).date()):
            return time.perf_counter() - began
        time.sleep(_POLL_S)
    raise SystemExit(f"{subject} was not found within {_PATIENCE_S:.0f} s.")


def measured(name: str, count: int) -> list[float]:
    """Milliseconds of each wait on one engine, over the demonstration."""
    with tempfile.TemporaryDirectory() as folder:
        alias = f"freshness-{secrets.token_hex(4)}"
        environment = os.environ | {
            "DIRECTORY_DATA_DIR": folder,
            "DIRECTORY_ENGINE": name,
            "ELASTICSEARCH_ALIAS": alias,
        }
        here = compose(environment)
        here.maintenance.upgrade()
        for verb in (["load", "seed"], ["rebuild", "--engine", name]):
            subprocess.run([_INDEXER, *verb], env=environment, check=True, stdout=subprocess.DEVNULL)
        npi = next(record.practitioner.npi for record in here.source.records() if hasattr(record, "practitioner"))
        with running((_INDEXER, "sync", "--follow", "--engine", name), environment):
            wait(here, here.engine, approved(here, _filled(count, npi)))  # not counted: the follower still starts
            waits = [wait(here, here.engine, approved(here, _filled(number, npi))) for number in range(count)]
        if name == "elasticsearch":
            client = Elasticsearch(here.settings.elasticsearch_url)
            client.indices.delete(index=list(client.indices.get(index=f"{alias}-*")))
    return [wait * 1_000 for wait in waits]


def _row(name: str, approvals: int, rounds: int) -> Row:
    found = [measured(name, approvals) for _ in range(rounds)]
    slowest = max(wait for waits in found for wait in waits)
    return report.budget(f"freshness, {name}", approvals, found, BUDGET_MS, {"ours_ms_max": slowest})


def main() -> None:
    parser = report.options("freshness", __doc__, rounds=1)
    parser.add_argument("--approvals", type=int, default=20, help="a round (default 20)")
    chosen = parser.parse_args()
    names = ["embedded", *(["elasticsearch"] if os.environ.get("ELASTICSEARCH_URL") else [])]
    rows = [_row(name, chosen.approvals, chosen.rounds) for name in names]
    about = report.about(report.command("freshness", chosen))
    report.write("freshness", rows, ["Size: approvals a round."], chosen.output, about)


if __name__ == "__main__":
    main()
