"""The demonstration, and what became of every question, once for all tests of a run."""

import pytest

from tests.relevance.demonstration import Demonstration, demonstrate
from tests.relevance.runner import Outcome, outcomes


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    return demonstrate(tmp_path_factory.mktemp("relevance"))


@pytest.fixture(scope="session")
def found(demonstration: Demonstration) -> tuple[Outcome, ...]:
    return tuple(outcomes(demonstration))
