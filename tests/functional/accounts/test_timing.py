"""How long an answer takes tells nothing about whether an account exists."""

import pytest
from flask import Flask

from directory.web.accounts.timing import EQUAL, install_equal_times


@pytest.mark.fault(33)
@pytest.mark.parametrize(("worked", "held"), [(0.1, 0.5), (0.25, 0.35), (0.9, 0.0)])
def test_every_answer_comes_after_the_same_time(worked: float, held: float) -> None:
    app, times, waits = Flask(__name__), iter([10.0, 10.0 + worked]), list[float]()
    install_equal_times(app, 0.6, lambda: next(times), waits.append)
    app.add_url_rule("/in", "security.login", lambda: "in", methods=["GET", "POST"])
    client = app.test_client()
    client.get("/in")
    client.post("/in")
    assert waits == [pytest.approx(held)]


@pytest.mark.fault(33)
def test_every_form_that_takes_an_address_is_among_them(own_app: Flask) -> None:
    assert {rule.endpoint for rule in own_app.url_map.iter_rules()} >= EQUAL
