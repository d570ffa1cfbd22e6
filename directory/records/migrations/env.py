"""Runs migrations on the connection that `directory.records.schema` holds."""

from alembic import context

from directory.records.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    # The caller's transaction spans all migrations: they are applied together or not at all.
    transactional_ddl=False,
)
context.run_migrations()
