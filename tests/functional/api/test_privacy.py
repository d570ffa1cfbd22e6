"""What a person searches for stays in no log, no figure and no cache, whichever way a request ends."""

import logging
from dataclasses import replace

import pytest

from directory.web.app import create_app
from tests.fakes.engines import FailingEngine

CANARY = "caudaequinacanary"
REQUESTS = {
    "a search": ("GET", f"/api/v1/search?q={CANARY}", None),
    "a posted search": ("POST", "/api/v1/search", {"q": CANARY}),
    "a place": ("GET", f"/api/v1/search?near={CANARY}", None),
    "a refused value": ("GET", f"/api/v1/search?condition={CANARY}", None),
    "an unknown parameter": ("GET", f"/api/v1/search?{CANARY}=1", None),
    "an unknown member": ("POST", "/api/v1/search", {CANARY: 1}),
    "a refused cursor": ("GET", f"/api/v1/search?cursor={CANARY}", None),
    "a suggestion": ("GET", f"/api/v1/suggest?q={CANARY}", None),
    "an answer to the guide": ("POST", "/api/v1/guide", {"symptoms": [CANARY], "diagnosis": [CANARY]}),
    "a reading": ("GET", f"/api/v1/understand?q={CANARY}", None),
    "an NPI that is none": ("GET", f"/api/v1/practitioners/{CANARY}", None),
    "a clinic that is none": ("GET", f"/api/v1/clinics/{CANARY}", None),
    "a condition that is none": ("GET", f"/api/v1/conditions/{CANARY}", None),
    "no such address": ("GET", f"/api/v1/{CANARY}", None),
    "a method that is not taken": ("DELETE", f"/api/v1/search?q={CANARY}", None),
    "a page of results": ("GET", f"/search?q={CANARY}", None),
    "a page of results in Spanish": ("GET", f"/es/search?q={CANARY}&near={CANARY}", None),
    "a page that is none": ("GET", f"/{CANARY}", None),
}


def send(app, name, **headers):
    method, path, body = REQUESTS[name]
    return app.test_client().open(path, method=method, json=body, headers={"Referer": f"http://x/{CANARY}", **headers})


def assert_unseen(caplog, app, response):
    written = "\n".join(f"{record.name} {record.getMessage()} {record.exc_text or ''}" for record in caplog.records)
    assert "directory.access" in written, "nothing was logged at all"
    assert CANARY not in written.casefold()
    assert CANARY not in app.test_client().get("/metrics").get_data(as_text=True).casefold()
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert CANARY not in str(response.headers).casefold()


@pytest.mark.fault(39)
@pytest.mark.parametrize("name", REQUESTS)
def test_no_trace_is_left_of(app, caplog, name):
    caplog.set_level(logging.DEBUG)
    assert_unseen(caplog, app, send(app, name))


@pytest.mark.fault(39)
@pytest.mark.parametrize("name", ["a search", "a posted search", "a page of results"])
@pytest.mark.parametrize("error", [ValueError, RuntimeError, UnicodeError], ids=lambda kind: kind.__name__)
def test_no_trace_is_left_of_a_search_that_fails(services, finding, caplog, name, error):
    caplog.set_level(logging.DEBUG)
    app = create_app(replace(services, asking=finding(FailingEngine(error(f"cannot read {CANARY}")))))
    response = send(app, name)
    assert response.status_code == 500
    assert "cannot read" not in response.get_data(as_text=True), "an exception speaks of our code, not to visitors"
    assert_unseen(caplog, app, response)
    assert f"unexpected {error.__name__} in" in caplog.text


@pytest.mark.fault(40)
def test_a_line_of_the_log_cannot_be_split_by_a_visitor(app, caplog):
    caplog.set_level(logging.INFO)
    client = app.test_client()
    client.open("/api/v1/search?q=a%0d%0aGET", method="GET\r\nforged", headers={"User-Agent": "b"})
    client.get("/api/v1/clinics/x%0d%0aforged")
    lines = [record.getMessage() for record in caplog.records if record.name == "directory.access"]
    assert len(lines) == 2
    assert all("forged" not in line and "\n" not in line for line in lines)
