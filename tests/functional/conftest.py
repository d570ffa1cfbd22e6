"""The whole application over the demonstration data, loaded and indexed once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from directory.bootstrap import Composition, compose
from directory.search.engine import Engine
from directory.search.find import Finder
from directory.understanding.ask import Asking
from directory.web.app import create_app
from directory.web.services import Services
from indexer.cli import main as indexer

UNLIMITED = "1000000 per minute"


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demonstration loaded and its embedded index built."""
    folder = tmp_path_factory.mktemp("demonstration")
    environment = {"DIRECTORY_DATA_DIR": str(folder), "DIRECTORY_DATABASE_URL": "", "DIRECTORY_ENGINE": ""}
    compose({"DIRECTORY_DATA_DIR": str(folder)}).maintenance.upgrade()
    for arguments in (["load", "seed"], ["rebuild"]):
        result = CliRunner().invoke(indexer, arguments, env=environment, catch_exceptions=False)
        assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="session")
def composition(demonstration: Path) -> Composition:
    return compose({"DIRECTORY_DATA_DIR": str(demonstration), "DIRECTORY_SECRET_KEY": "for tests only"})


@pytest.fixture(scope="session")
def services(composition: Composition) -> Services:
    services = composition.services()
    return replace(services, settings=replace(services.settings, rate_limit=UNLIMITED, report_limit=UNLIMITED))


@pytest.fixture
def finding(services: Services) -> Callable[[Engine], Asking]:
    """Makes what answers searches over another engine."""

    def over(engine: Engine) -> Asking:
        finder = Finder(engine, services.ranking, services.vocabulary)
        return Asking(finder, services.places, services.reader, services.vocabulary)

    return over


@pytest.fixture(scope="session")
def app(services: Services) -> Flask:
    return create_app(services)


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client
