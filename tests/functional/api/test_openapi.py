"""Whatever fits or breaks the description of the API: never a failure of ours, never an answer it does not describe."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import booleans
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from directory.domain.draft import Step
from tests.functional.api.conftest import open_office

OPERATIONS = [
    "GET /api/v1/search",
    "POST /api/v1/search",
    "GET /api/v1/suggest",
    "GET /api/v1/understand",
    "POST /api/v1/guide",
    "GET /api/v1/practitioners/{npi}",
    "GET /api/v1/clinics/{clinic_id}",
    "GET /api/v1/specialties",
    "GET /api/v1/conditions",
    "GET /api/v1/conditions/{slug}",
]


_ONE = "/api/v1/registrations/{registration_id}"
OF_ACCOUNTS = [
    "GET /api/v1/session",
    "GET /api/v1/registry/{npi}",
    "GET /api/v1/registrations",
    "POST /api/v1/registrations",
    f"GET {_ONE}",
    f"GET {_ONE}/events",
    *(f"PUT {_ONE}/steps/{step.value}" for step in Step),
    *(f"POST {_ONE}/{move}" for move in ("submit", "claim", "withdraw", "revise")),
]


def operations_of(app):
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    found = (result.ok() for result in schema.get_all_operations())
    return {f"{operation.method.upper()} {operation.path}": operation for operation in found}


@pytest.fixture(scope="module")
def operations(app):
    return operations_of(app)


def test_every_operation_is_tried(operations):
    assert sorted(operations) == sorted(OPERATIONS + OF_ACCOUNTS)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_is_as_described(operations, name, mode):
    @given(operations[name].as_strategy(generation_mode=mode))
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def check(case):
        # Not every refusal can be described: a check digit, lat without lon, a cursor of another search.
        # The client that calls an application in its own process does not decompress.
        case.call_and_validate(headers={"Accept-Encoding": "identity"}, excluded_checks=[positive_data_acceptance])

    check()


@pytest.fixture(scope="module")
def office(services, tmp_path_factory):
    return open_office(services, tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def of_accounts(office):
    return operations_of(office.app)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", OF_ACCOUNTS)
def test_every_answer_about_registrations_is_as_described(office, of_accounts, name, mode):
    caller = office.client()
    registration = caller.post("/registrations").get_json()["id"]
    cookie = caller.plain.get_cookie("session").value
    headers = {**caller.token, "Cookie": f"session={cookie}", "Accept-Encoding": "identity"}
    # Whoever is signed in here is so without a cookie, and one that is left out is all that a reading can do wrong.
    excluded = [positive_data_acceptance, ignored_auth, *([negative_data_rejection] if name.startswith("GET") else [])]

    @given(of_accounts[name].as_strategy(generation_mode=mode), booleans())
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def check(case, known):
        if known and "registration_id" in case.path_parameters:
            case.path_parameters["registration_id"] = registration
        case.call_and_validate(headers=headers, excluded_checks=excluded)

    check()
