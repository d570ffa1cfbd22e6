"""An application of its own: accounts write."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from directory.bootstrap import Composition, compose
from directory.web.app import create_app
from directory.web.services import Services
from tests.functional.accounts.people import People

UNLIMITED = "1000000 per minute"


@pytest.fixture
def here(tmp_path: Path) -> Composition:
    composition = compose({"DIRECTORY_DATA_DIR": str(tmp_path), "DIRECTORY_SECRET_KEY": "for tests only"})
    composition.maintenance.upgrade()
    return composition


@pytest.fixture
def own_services(here: Composition) -> Services:
    services = here.services()
    settings = replace(services.settings, rate_limit=UNLIMITED, sign_in_limit=UNLIMITED, equal_answer_s=0.0)
    return replace(services, settings=settings)


@pytest.fixture
def own_app(own_services: Services) -> Flask:
    return create_app(own_services)


@pytest.fixture
def visitor(own_app: Flask) -> FlaskClient:
    return own_app.test_client()


@pytest.fixture
def people(own_app: Flask, here: Composition) -> People:
    return People(own_app, here)
