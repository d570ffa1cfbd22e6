"""Alembic's scripts. `directory database upgrade` runs them."""
