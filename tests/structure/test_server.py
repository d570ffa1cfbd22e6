"""The production server, really started: what it writes about a request that fails."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120
"""For a machine that is busy with other things; nothing here takes a second on an idle one."""
CANARY = "cauda-equina-canary"
APPLICATION = """
import os

def app(environ, start_response):
    if environ["PATH_INFO"] != "/metrics-folder":
        raise ValueError("cannot answer " + environ["QUERY_STRING"])
    folder = os.environ["PROMETHEUS_MULTIPROC_DIR"].encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(folder)))])
    return [folder]
"""


@contextmanager
def serving(folder: Path) -> Iterator[tuple[int, Path]]:
    """Serve an application that fails at nearly every request; gives the port and the server's log."""
    (folder / "failing.py").write_text(APPLICATION, encoding="utf-8")
    log = folder / "log"
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py")]
    with log.open("w", encoding="utf-8") as out:
        server = subprocess.Popen(
            [*command, "--chdir", str(folder), "failing:app"],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**without_metrics(), "PORT": str(port), "WEB_WORKERS": "1"},
        )
        try:
            wait_for(port, server)
            yield port, log
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE_S)


def without_metrics() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PROMETHEUS_MULTIPROC_DIR"}


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S).close()
        except ConnectionRefusedError:
            with suppress(subprocess.TimeoutExpired):
                server.wait(timeout=0.05)
        else:
            return
    raise AssertionError("the server ended before it listened")


def ask(port: int, request: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        connection.sendall(request.encode())
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_no_word_of_a_failed_or_malformed_request_reaches_the_log(tmp_path: Path) -> None:
    with serving(tmp_path) as (port, log):
        failed = ask(port, f"GET /search?q={CANARY} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        malformed = ask(port, f"GET /search?q={CANARY} and more HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert failed.startswith(b"HTTP/1.1 500 ")
    assert malformed.startswith(b"HTTP/1.1 400 ")
    written = log.read_text(encoding="utf-8")
    assert CANARY not in written
    assert re.search(r"A request failed: ValueError at .*failing\.py:6", written)
    assert "Refused a malformed request" in written


def test_workers_share_a_folder_of_figures_while_the_server_runs(tmp_path: Path) -> None:
    with serving(tmp_path) as (port, _):
        answer = ask(port, "GET /metrics-folder HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        folder = Path(answer.split(b"\r\n\r\n")[-1].decode())
        assert folder.name.startswith("directory-metrics-")
        assert folder.is_dir()
    assert not folder.exists()
