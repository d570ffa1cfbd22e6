"""People who sign in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

revision = "r0003"
down_revision = "r0002"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def _key(length: int) -> TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", _key(64), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("folded_email", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("sessions", _key(64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_factor", sa.Text(), nullable=False),
        sa.Column("recovery_codes", _JSON, nullable=False),
        sa.Column("roles", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("folded_email", name="uq_account_folded_email"),
        sa.UniqueConstraint("sessions", name="uq_account_sessions"),
    )


def downgrade() -> None:
    op.drop_table("account")
