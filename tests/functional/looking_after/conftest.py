"""Owners write: an application of its own for each test, as for accounts."""

from tests.functional.accounts.conftest import here, own_app, own_services

__all__ = ["here", "own_app", "own_services"]
