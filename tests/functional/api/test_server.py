"""The production server with several workers, really started over the demonstration."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
WORKERS = 2
PATIENCE_S = 120
"""For a machine that is busy with other things."""
CANARY = "caudaequinacanary"


@dataclass(frozen=True, slots=True)
class Server:
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    def ask(self, path: str) -> tuple[int, bytes]:
        with self.connect() as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            return parsed(everything(connection))


def everything(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def parsed(answer: bytes) -> tuple[int, bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def listening(process: subprocess.Popen[bytes], port: int) -> bool:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S).close()
        except ConnectionRefusedError:
            pause(process)
        else:
            return True
    return False


def pause(process: subprocess.Popen[bytes]) -> None:
    """Leaves the processors to the server, which needs them, unless it has ended."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=0.05)


@pytest.fixture
def server(demonstration: Path, tmp_path: Path) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    inherited = {name: value for name, value in os.environ.items() if name != "PROMETHEUS_MULTIPROC_DIR"}
    environment = inherited | {
        "DIRECTORY_DATA_DIR": str(demonstration),
        "DIRECTORY_RATE_LIMIT": "1000000 per minute",
        "PORT": str(port),
        "WEB_WORKERS": str(WORKERS),
    }
    command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "directory.wsgi:app"]
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)
    assert listening(process, port), log.read_text()
    yield Server(process, port, log)
    process.terminate()
    process.wait(timeout=PATIENCE_S)


def begin_search(server: Server, body: bytes) -> socket.socket:
    """A search that a worker has begun to read: it said that it waits for the body."""
    connection = server.connect()
    head = (
        "POST /api/v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    )
    connection.sendall(head.encode())
    waits = connection.recv(1024)
    assert waits.startswith(b"HTTP/1.1 100"), waits
    return connection


@pytest.mark.fault(25)
def test_requests_in_flight_are_finished_when_the_server_is_told_to_stop(server):
    body = json.dumps({"near": "Chicago, IL", "limit": 50}).encode()
    assert server.ask("/readyz")[0] == 200
    begun = [begin_search(server, body) for _ in range(2 * WORKERS)]
    server.process.send_signal(signal.SIGTERM)
    wait_for_line(server, "Handling signal: term")
    for connection in begun:
        with connection:
            connection.sendall(body)
            status, answer = parsed(everything(connection))
            assert status == 200
            found = json.loads(answer)
            assert found["total"] == len(found["results"]) > 0
    assert server.process.wait(timeout=PATIENCE_S) == 0


def wait_for_line(server: Server, line: str) -> None:
    while line not in server.log.read_text(encoding="utf-8"):
        assert server.process.poll() is None, "the server ended without a word"
        pause(server.process)


def test_any_worker_tells_the_figures_of_all(server):
    asked = 12 * WORKERS
    assert {server.ask("/api/v1/specialties")[0] for _ in range(asked)} == {200}
    text = server.ask("/metrics")[1].decode()
    counted = re.search(r'directory_requests_total{.*route="/api/v1/specialties".*} (\S+)', text)
    timed = re.search(r'directory_request_seconds_count{route="/api/v1/specialties"} (\S+)', text)
    assert counted is not None
    assert timed is not None
    assert (float(counted[1]), float(timed[1])) == (asked, asked)


@pytest.mark.fault(39)
def test_the_log_of_the_whole_server_tells_nothing_of_a_search(server):
    for path in (
        f"/api/v1/search?q={CANARY}",
        f"/search?q={CANARY}",
        f"/api/v1/search?{CANARY}=1",
        f"/{CANARY}",
        f"/api/v1/search?q={CANARY} and a space",
    ):
        server.ask(path)
    server.process.terminate()
    server.process.wait(timeout=PATIENCE_S)
    written = server.log.read_text(encoding="utf-8")
    assert "directory.access: GET /api/v1/search 200" in written
    assert CANARY not in written
    assert not re.search(r"\b127\.0\.0\.1(?!:\d+ \(|:\d+$)", written.replace(f"http://127.0.0.1:{server.port}", ""))


def started(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)


def test_a_setting_that_cannot_be_used_ends_the_server_in_one_line():
    ended = started("import directory.wsgi", DIRECTORY_ENGINE="solr")
    assert ended.returncode == 1
    assert "DIRECTORY_ENGINE is one of embedded, elasticsearch" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_collecting_garbage_passes_over_what_start_up_made(demonstration):
    code = "import gc, directory.wsgi; print(gc.get_freeze_count(), len(gc.get_objects()))"
    frozen, walked = map(int, started(code, DIRECTORY_DATA_DIR=str(demonstration)).stdout.split())
    assert walked < frozen / 100
