import logging

import pytest
from flask import Flask
from werkzeug.exceptions import BadRequest, Conflict, MethodNotAllowed, UnprocessableEntity

from directory.domain.errors import EngineUnavailable, InvalidInput, NotFound, RecordsUnavailable
from directory.web.errors import install_errors, problem_of


def test_bad_input_names_its_field():
    problem = problem_of(InvalidInput("limit is a whole number.", "limit"))
    assert (problem.status, problem.errors) == (422, {"limit": ["limit is a whole number."]})


def test_bad_input_without_a_field_names_none():
    assert problem_of(InvalidInput("Leave some out.")).errors == {}


def test_what_is_not_there_is_404():
    assert problem_of(NotFound("No such clinic.")).status == 404


@pytest.mark.parametrize("kind", [EngineUnavailable, RecordsUnavailable])
def test_an_outage_says_when_to_come_back_and_not_what_is_wrong(kind):
    problem = problem_of(kind("check the API key", retry_after=7))
    assert (problem.status, problem.retry_after) == (503, 7)
    assert "API key" not in problem.detail


def test_an_error_that_nobody_meant_tells_nothing_about_itself():
    problem = problem_of(KeyError("sciatica"))
    assert problem.status == 500
    assert "sciatica" not in problem.detail + problem.title


def test_a_method_that_is_not_taken_names_those_that_are():
    assert problem_of(MethodNotAllowed(["POST", "GET"])).allow == ("GET", "POST")


def test_validation_is_flat_by_dotted_field_without_its_location():
    error = UnprocessableEntity()
    error.data = {"messages": {"json": {"tried": {0: {"weeks": ["Not a number."]}}, "q": ["Too long."]}}}
    problem = problem_of(error)
    assert problem.errors == {"tried.0.weeks": ["Not a number."], "q": ["Too long."]}
    assert problem.detail == "tried.0.weeks: Not a number.; q: Too long."


def test_a_field_called_like_a_location_keeps_its_name_below_it():
    error = UnprocessableEntity()
    error.data = {"messages": {"json": {"query": ["Unknown field."]}}}
    assert problem_of(error).errors == {"query": ["Unknown field."]}


def test_many_bad_fields_are_counted_in_the_line_for_people():
    error = UnprocessableEntity()
    error.data = {"messages": {"query": {f"f{number}": ["Bad."] for number in range(5)}}}
    problem = problem_of(error)
    assert problem.detail == "f0: Bad.; f1: Bad.; f2: Bad. (and 2 more)"
    assert len(problem.errors) == 5


@pytest.mark.parametrize(("error", "status"), [(BadRequest("Not JSON."), 400), (Conflict("Changed since."), 409)])
def test_http_errors_keep_their_words(error, status):
    problem = problem_of(error)
    assert (problem.status, problem.detail) == (status, error.description)
    assert problem.title


@pytest.fixture
def failing():
    app = Flask(__name__)
    install_errors(app, lambda problem: f"<h1>{problem.title}</h1>")

    @app.get("/<path:rest>")
    def fail(rest):
        raise ValueError(f"cannot read {rest}")

    return app.test_client()


def test_the_log_says_where_and_never_what(failing, caplog):
    caplog.set_level(logging.DEBUG)
    failing.get("/api/sciatica")
    assert "unexpected ValueError in fail at" in caplog.text
    assert "test_errors.py" in caplog.text
    assert "sciatica" not in caplog.text


def test_the_api_answers_problems_and_everything_else_pages(failing):
    assert failing.get("/api/x").mimetype == "application/problem+json"
    page = failing.get("/x")
    assert (page.status_code, page.mimetype) == (500, "text/html")
    assert "Something went wrong" in page.get_data(as_text=True)
