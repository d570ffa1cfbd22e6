"""Small servers that stand between the client and Elasticsearch, or in its place."""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import orjson


@dataclass(frozen=True, slots=True)
class Request:
    """Names of headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    kind: str = "application/json"

    def json(self) -> dict[str, object]:
        parsed: dict[str, object] = orjson.loads(self.body)
        return parsed


Forward = Callable[[Request], Answer]
Rule = Callable[[Request, Forward], Answer | None]
"""Answers a request itself, by forwarding it or not; hangs up where it returns None."""


def refusal(status: int, kind: str = "refused_by_proxy") -> Answer:
    return Answer(status, orjson.dumps({"error": {"type": kind, "reason": "injected"}, "status": status}))


@dataclass(slots=True)
class Proxy:
    """Forwards to `upstream` by `rule`; `seen` holds what arrived."""

    upstream: str
    rule: Rule = lambda request, forward: forward(request)
    seen: list[Request] = field(default_factory=list)
    url: str = ""

    def handle(self, request: Request) -> Answer | None:
        self.seen.append(request)
        return self.rule(request, self.forward)

    def forward(self, request: Request) -> Answer:
        connection = http.client.HTTPConnection(urlsplit(self.upstream).netloc, timeout=30)
        try:
            kept = {key: value for key, value in request.headers.items() if key not in _OWN}
            connection.request(request.method, request.path, request.body, kept)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(), answer.headers.get("Content-Type", "application/json"))
        finally:
            connection.close()


_OWN = {"host", "connection", "content-length", "authorization"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.proxy.handle(Request(self.command, self.path, headers, self.rfile.read(length)))
        if answer is None:
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        if "json" in answer.kind:
            self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, *arguments: object) -> None:
        pass


for _method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
    setattr(_Handler, f"do_{_method}", _Handler.answer)


@contextmanager
def serving(proxy: Proxy, tls: ssl.SSLContext | None = None) -> Iterator[Proxy]:
    """Serves on a free port of this machine until the block ends."""

    handler = type("Handler", (_Handler,), {"proxy": proxy})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    proxy.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def black_hole() -> Iterator[str]:
    """A port that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def closed_port() -> str:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"
