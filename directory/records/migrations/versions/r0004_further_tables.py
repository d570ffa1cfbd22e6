"""What the registry's further tables state, and how a load was asked for and when it last gave a sign of life."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "r0004"
down_revision = "r0003"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.add_column("practitioner", sa.Column("further", _JSON, nullable=True))
    op.add_column("clinic", sa.Column("further", _JSON, nullable=True))
    op.add_column("load", sa.Column("options", _JSON, nullable=True))
    op.add_column("load", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for table, column in (("load", "seen_at"), ("load", "options"), ("clinic", "further"), ("practitioner", "further")):
        op.drop_column(table, column)
