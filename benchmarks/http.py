"""The real application in the production server, against a bare Flask route that returns the same bytes.

Both run gunicorn with gunicorn.conf.py. Invented registry rows are loaded and indexed first; wrk, a load generator
written in C (apt-get install wrk), then asks distinct searches over connections that stay open. It runs on the same
processors as the server and takes its share of them, a larger part of a quick answer's time than of a slow one's: the
ratio of rates flatters us. A row of its own compares what the workers themselves used for a request.

    python -m benchmarks.http
    python -m benchmarks.http --rows 1500000 --seconds 5
"""

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import msgspec

from benchmarks import report
from benchmarks.processes import cpu_s
from benchmarks.report import HIGHER, Row, paired
from directory.geocoding.packaged import city_rows

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = Path(__file__).with_name("http.lua")
JSON, HTML = "/api/v1/search", "/search"
SAMPLES = 40
"""Answers that the bare application returns in turn."""
SEARCHES = 3_000
CONNECTIONS, CALM_CONNECTIONS, ABUSERS = 8, 32, 16
UNLIMITED = "1000000000 per minute"
SHARE_OF_OTHERS = 0.25
"""Of the highest rate: what the others ask for while one client asks as often as it can."""
LONG = 5
"""Runs at a rate that is kept to take so many times as long: a p99 needs hundreds of requests."""
_PATIENCE_S = 120
_WORDS = (
    "sciatica", "neck pain", "physical therapist for low back pain", "herniated disc", "chiropractor with new patients",
    "low back pain for 8 weeks, tried physical therapy", "spinal stenosis surgeon", "scoliosis", "dolor de espalda",
)  # fmt: skip
_KINDS = ("physical_therapist", "chiropractor", "primary_care", "acupuncturist")
_NOTES = (
    "Load: wrk on the same processors as the server, 8 connections kept open.",
    "A search is a place; a place and a kind of professional; a place and words; or words that name the place.",
    "Places are drawn by population, and no search is asked twice within a round.",
    "The p99 at half of the highest rate: 32 connections with random pauses, each side at half of its own rate.",
    "A connection waits for its answer before it asks again, so a slow answer also means fewer requests.",
    "The client that asks as often as it can has 16 connections; the limit is the default, 120 a minute.",
    "The others ask a quarter of the highest rate, each from its own address (X-Forwarded-For, one trusted proxy).",
)


class Measured(msgspec.Struct, frozen=True):
    """What wrk says of one run; `refused` are answers of 400 and above. `cpu_ms` is the workers' time per request."""

    requests: int
    seconds: float
    bytes: int
    refused: int
    broken: int
    p50_ms: float
    p99_ms: float
    cpu_ms: float = 0.0

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


@dataclass(frozen=True, slots=True)
class Server:
    """gunicorn with its workers."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu_s(self) -> float:
        """Processor time that its processes have used, in seconds."""
        return cpu_s(self.process.pid)


@contextmanager
def serving(app: str, environment: Mapping[str, str]) -> Iterator[Server]:
    """The application in gunicorn as it is served, on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), app]
    own = {**os.environ, **environment, "PORT": str(port)}
    own.pop("PROMETHEUS_MULTIPROC_DIR", None)
    process = subprocess.Popen(command, cwd=ROOT, env=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(process, port)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    ends = time.monotonic() + _PATIENCE_S
    while process.poll() is None and time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server did not start: run the same command by hand to see why.")


def ask(url: str, **headers: str) -> tuple[bytes, str]:
    """The body and the tag of an answer."""
    with urlopen(Request(url, headers=headers), timeout=_PATIENCE_S) as answer:
        return answer.read(), answer.headers.get("ETag", "")


def drive(
    server: Server, requests: Path, seconds: int, skip: int = 0, connections: int = CONNECTIONS, **settings: str
) -> Measured:
    """Asks the lines of a file over and over for so long. Raises SystemExit where a connection broke."""  # fmt: skip
    before = server.cpu_s()
    process = start(server, requests, seconds, skip, connections, **settings)
    found = result(process)
    return msgspec.structs.replace(found, cpu_ms=(server.cpu_s() - before) * 1000 / max(1, found.requests))


def start(
    server: Server, requests: Path, seconds: int, skip: int, connections: int, **settings: str
) -> subprocess.Popen[str]:
    """wrk, begun. `settings` are those of http.lua."""  # fmt: skip
    told = {"REQUESTS": str(requests), "LINES": str(skip), **settings}
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(SCRIPT), server.url]
    return subprocess.Popen(command, env={**os.environ, **told}, stdout=subprocess.PIPE, text=True)


def result(process: subprocess.Popen[str]) -> Measured:
    written, _ = process.communicate()
    told = written.rpartition("RESULT ")[2]
    found = msgspec.json.decode(told, type=Measured)
    if found.broken or not found.requests:
        raise SystemExit(f"The load generator could not finish: {told}")
    return found


def searches(seed: int, count: int) -> list[str]:
    """So many distinct searches, as query strings; places by population."""
    draw = random.Random(seed)
    cities = [(f"{city.name}, {city.state}", city.population) for city in city_rows()]
    places = draw.choices([place for place, _ in cities], [people for _, people in cities], k=count * 3)
    return list(dict.fromkeys(urlencode(_search(draw, place)) for place in places))[:count]


def _search(draw: random.Random, place: str) -> dict[str, str]:
    match draw.randrange(4):
        case 0:
            return {"near": place}
        case 1:
            return {"near": place, "specialty": draw.choice(_KINDS)}
        case 2:
            return {"near": place, "q": draw.choice(_WORDS)}
        case _:
            return {"q": f"{draw.choice(_WORDS)} near {place}"}


@dataclass(frozen=True, slots=True)
class Bench:
    """The servers, and files of requests for them."""

    real: Server
    bare: Server
    limited: Server
    folder: Path
    seconds: int
    rounds: int
    size: int

    def alternating(self, ours: "Run", theirs: "Run") -> tuple[list[Measured], list[Measured]]:
        """Both sides, round by round, the first to go changing."""
        mine: list[Measured] = []
        other: list[Measured] = []
        for number in range(self.rounds):
            sides = [(ours, mine), (theirs, other)]
            for run, found in sides if number % 2 == 0 else sides[::-1]:
                found.append(run.measure(self.folder, self.seconds, number))
        return mine, other

    def rates(self, name: str, peer: str, ours: "Run", theirs: "Run", target: float | None) -> "Compared":
        """Requests a second of both."""
        mine, other = self.alternating(ours, theirs)
        row = paired(
            f"{name}, requests per s",
            self.size,
            peer,
            [[item.rate] for item in mine],
            [[item.rate] for item in other],
            targets=(target, None),
            unit="rate per s",
            better=HIGHER,
            details=_costs(mine, other),
        )
        return Compared(row, mine, other)


@dataclass(frozen=True, slots=True)
class Compared:
    """A row of rates, and what it is made of."""

    row: Row
    ours: Sequence[Measured]
    theirs: Sequence[Measured]


@dataclass(frozen=True, slots=True)
class Run:
    """One side of a comparison. Answers that are refused make the run fail: their rate would be no rate of answers."""

    server: Server
    requests: str
    settings: Mapping[str, str]
    connections: int = CONNECTIONS
    times: int = 1

    def measure(self, folder: Path, seconds: int, number: int) -> Measured:
        skip = number * SEARCHES // 7
        seconds *= self.times
        found = drive(self.server, folder / self.requests, seconds, skip, self.connections, **self.settings)
        if found.refused:
            raise SystemExit(f"{found.refused} of {found.requests} answers to {self.requests} were errors.")
        return found


def _costs(mine: Sequence[Measured], other: Sequence[Measured]) -> dict[str, object]:
    ours, theirs = (median(item.cpu_ms for item in side) for side in (mine, other))
    return {
        "server_cpu_ms": ours,
        "server_cpu_ms_peer": theirs,
        "server_cpu_ratio": ours / theirs,
        "bytes_per_answer": sum(item.bytes for item in mine) / sum(item.requests for item in mine),
    }


def measure(bench: Bench) -> list[Row]:
    """Every row."""
    bare = "bare Flask route, same bytes, same server"
    json = bench.rates("search JSON, uncached", bare, Run(bench.real, "json", {}), Run(bench.bare, "bare", {}), 0.3)
    unchanged = bench.rates(
        "search JSON, 304",
        "bare Flask route that answers 304",
        Run(bench.real, "tagged", {}),
        Run(bench.bare, "unchanged", {}),
        0.8,
    )
    highest, highest_bare = json.row.ours_ms_p50, json.row.peer_ms_p50
    return [
        json.row,
        _processor("search JSON, uncached", bench.size, bare, json.ours, json.theirs),
        unchanged.row,
        _calm(bench, highest, highest_bare),
        _pages(bench),
        *(_compressed(bench, encoding) for encoding in ("br", "gzip")),
        _abused(bench, highest * SHARE_OF_OTHERS),
    ]


def _pause_ms(rate: float) -> str:
    return f"{CALM_CONNECTIONS * 1000 / rate:.0f}"


def _calm(bench: Bench, highest: float, highest_bare: float) -> Row:
    ours = Run(bench.real, "json", {"PAUSE_MS": _pause_ms(highest / 2)}, CALM_CONNECTIONS, LONG)
    theirs = Run(bench.bare, "bare", {"PAUSE_MS": _pause_ms(highest_bare / 2)}, CALM_CONNECTIONS, LONG)
    mine, other = bench.alternating(ours, theirs)
    return paired(
        "search JSON, p99 of a request at half of the highest rate",
        bench.size,
        "bare Flask route at half of its own highest rate",
        [[item.p99_ms] for item in mine],
        [[item.p99_ms] for item in other],
        details={
            "rate": median(item.rate for item in mine),
            "rate_peer": median(item.rate for item in other),
            "p50_ms": median(item.p50_ms for item in mine),
        },
    )


def _pages(bench: Bench) -> Row:
    """A page of results, and the JSON of the same search."""
    mine, other = bench.alternating(Run(bench.real, "html", {}), Run(bench.real, "json", {}))
    return _processor("search page (HTML)", bench.size, "JSON of the same searches", mine, other, 2.0)


def _processor(
    name: str, size: int, peer: str, ours: Sequence[Measured], theirs: Sequence[Measured], target: float | None = None
) -> Row:
    """Milliseconds of a worker for a request."""
    return paired(
        f"{name}, ms of server time",
        size,
        peer,
        [[item.cpu_ms] for item in ours],
        [[item.cpu_ms] for item in theirs],
        targets=(target, None),
        details={"rate": median(item.rate for item in ours), "rate_peer": median(item.rate for item in theirs)},
    )


def _compressed(bench: Bench, encoding: str) -> Row:
    """What compressing costs, and what it saves."""
    encoded = Run(bench.real, "json", {"ACCEPTED": encoding})
    plain = Run(bench.real, "json", {})
    return bench.rates(f"search JSON, {encoding}", "search JSON, not compressed", encoded, plain, None).row


def _abused(bench: Bench, rate: float) -> Row:
    """Others while one client asks as often as it can, and without it."""
    others = Run(bench.limited, "json", {"FROM": "many", "PAUSE_MS": _pause_ms(rate)}, CALM_CONNECTIONS, LONG)
    calm: list[Measured] = []
    abused: list[Measured] = []
    turned_away, seconds = 0, bench.seconds * LONG

    def beside_abuser(number: int) -> int:
        abuser = start(bench.limited, bench.folder / "json", seconds, 0, ABUSERS, FROM="203.0.113.9")
        abused.append(others.measure(bench.folder, bench.seconds, number))
        return result(abuser).refused

    for number in range(bench.rounds):
        if number % 2:
            turned_away += beside_abuser(number)
        calm.append(others.measure(bench.folder, bench.seconds, number))
        if not number % 2:
            turned_away += beside_abuser(number)
    if not turned_away:
        raise SystemExit("Nobody was turned away: the limit does not hold.")
    return paired(
        "p99 of others while one client asks as often as it can",
        bench.size,
        "the same without it",
        [[item.p99_ms] for item in abused],
        [[item.p99_ms] for item in calm],
        targets=(1.5, None),
        details={
            "requests_a_round": median(item.requests for item in abused),
            "requests_a_round_peer": median(item.requests for item in calm),
            "p50_ms": median(item.p50_ms for item in abused),
            "p50_ms_peer": median(item.p50_ms for item in calm),
            "turned_away_per_s": turned_away / (bench.rounds * seconds),
        },
    )


def settings(data: Path) -> dict[str, str]:
    """The environment of an application over a data folder."""
    return {
        "DIRECTORY_DATA_DIR": str(data),
        "DIRECTORY_DATABASE_URL": "",
        "DIRECTORY_INDEX_DIR": "",
        "DIRECTORY_ENGINE": "embedded",
    }


def loaded(folder: Path, rows: int, seed: int) -> dict[str, str]:
    """The environment of an application over so many invented registry rows, loaded and indexed in the folder."""
    environment = settings(folder / "data")
    files = folder / "registry"
    making = [sys.executable, "-m", "benchmarks.registry", "full", "--rows", str(rows), "--seed", str(seed), "--into"]
    _command([*making, str(files)], environment)
    (folder / "data").mkdir()
    _command([sys.executable, "-c", "from directory.cli import main; main()", "database", "upgrade"], environment)
    indexer = [sys.executable, "-c", "from indexer.cli import main; main()"]
    _command([*indexer, "load", "nppes", "--accept-old", *map(str, files.glob("npidata_pfile_*.csv"))], environment)
    _command([*indexer, "rebuild"], environment)
    shutil.rmtree(files)
    return environment


def _command(command: Sequence[str], environment: Mapping[str, str]) -> None:
    subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)  # fmt: skip


def write_requests(folder: Path, real: Server, asked: Sequence[str]) -> Path:
    """Files of requests, one for each kind of run, and a folder of answers for the bare application."""
    answers = folder / "answers"
    answers.mkdir()
    for number, query in enumerate(asked[:SAMPLES]):
        (answers / f"{number:04d}.json").write_bytes(ask(f"{real.url}{JSON}?{query}")[0])
    tagged = [(query, ask(f"{real.url}{JSON}?{query}")[1]) for query in asked[:SAMPLES]]
    files = {
        "json": [f"{JSON}?{query}" for query in asked],
        "html": [f"{HTML}?{query}" for query in asked],
        "bare": [f"/answers/{number}" for number in range(SAMPLES)],
        "tagged": [f"{JSON}?{query}\t{tag}" for query, tag in tagged],
        "unchanged": ["/unchanged"],
    }
    for name, lines in files.items():
        (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
    return answers


def main() -> None:
    parser = report.options("http", __doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="registry rows made and loaded (default 100000)")
    parser.add_argument("--seconds", type=int, default=1, help="of each run (default 1)")
    parser.add_argument("--data", type=Path, help="a data folder that is loaded and indexed already, instead of --rows")
    chosen = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("The load generator wrk is not installed: apt-get install wrk")
    with tempfile.TemporaryDirectory(prefix="http-benchmark-") as name, ExitStack() as stack:
        folder = Path(name)
        environment = settings(chosen.data.absolute()) if chosen.data else loaded(folder, chosen.rows, chosen.seed)
        real = stack.enter_context(serving("directory.wsgi:app", {**environment, "DIRECTORY_RATE_LIMIT": UNLIMITED}))
        answers = write_requests(folder, real, searches(chosen.seed, SEARCHES))
        bare = stack.enter_context(serving("benchmarks.bare:app", {"ANSWERS": str(answers)}))
        behind = {**environment, "DIRECTORY_TRUSTED_PROXIES": "1"}
        limited = stack.enter_context(serving("directory.wsgi:app", behind))
        size = int(msgspec.json.decode(ask(f"{real.url}/readyz")[0])["listings"])
        rows = measure(Bench(real, bare, limited, folder, chosen.seconds, chosen.rounds, size))
    about = report.about(
        report.command("http", chosen),
        load_generator="wrk",
        workers=int(os.environ.get("WEB_WORKERS", min(os.cpu_count() or 1, 4))),
        **report.versions("flask", "gunicorn", "werkzeug", "orjson"),
    )
    report.write("http", rows, _NOTES, chosen.output, about)


if __name__ == "__main__":
    main()
