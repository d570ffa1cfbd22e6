"""Applications, who looks after a listing, mails, notices, reports, invitations and the OIG's exclusions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

revision = "r0002"
down_revision = "r0001"
branch_labels = None
depends_on = None

_AUTO = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def _key(length: int) -> TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "application",
        sa.Column("id", _key(32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("account_id", _key(64), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("draft", _JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subject", _key(65), nullable=False),
        sa.Column("endorsed_by", _key(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_application"),
    )
    op.create_index("ix_application_account_id", "application", ["account_id"])
    op.create_index("ix_application_state", "application", ["state"])
    op.create_index("ix_application_subject", "application", ["subject"])

    op.create_table(
        "exclusion",
        sa.Column("id", _AUTO, nullable=False),
        sa.Column("npi", _key(10), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("excluded_on", sa.Date(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exclusion"),
    )
    op.create_index("ix_exclusion_folded_name", "exclusion", ["folded_name"])
    op.create_index("ix_exclusion_npi", "exclusion", ["npi"])

    op.create_table(
        "mail",
        sa.Column("id", _AUTO, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_mail"),
    )
    op.create_index("ix_mail_due_at", "mail", ["due_at"])

    op.create_table(
        "notice",
        sa.Column("subject", _key(65), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token_digest", _key(64), nullable=False),
        sa.Column("token_until", sa.Date(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("subject", "expires_on", "day", name="pk_notice"),
        sa.UniqueConstraint("token_digest", name="uq_notice_token_digest"),
    )

    op.create_table(
        "ownership",
        sa.Column("subject", _key(65), nullable=False),
        sa.Column("account_id", _key(64), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_ownership"),
    )
    op.create_index("ix_ownership_account_id", "ownership", ["account_id"])

    op.create_table(
        "report_case",
        sa.Column("id", _AUTO, nullable=False),
        sa.Column("subject", _key(65), nullable=False),
        sa.Column("location_id", _key(16), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", _key(64), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_report_case"),
    )
    op.create_index("ix_report_case_settled_at", "report_case", ["settled_at"])
    op.create_index("ix_report_case_subject_location_id_field", "report_case", ["subject", "location_id", "field"])

    op.create_table(
        "application_check",
        sa.Column("id", _AUTO, nullable=False),
        sa.Column("application_id", _key(32), nullable=False),
        sa.Column("about", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("claimed", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name="fk_application_check_application_id_application", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_application_check"),
    )
    op.create_index("ix_application_check_application_id", "application_check", ["application_id"])

    op.create_table(
        "application_event",
        sa.Column("application_id", _key(32), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", _key(64), nullable=False),
        sa.Column("party", sa.String(length=16), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("to_state", sa.String(length=24), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name="fk_application_event_application_id_application", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("application_id", "version", name="pk_application_event"),
    )

    op.create_table(
        "report",
        sa.Column("id", _AUTO, nullable=False),
        sa.Column("subject", _key(65), nullable=False),
        sa.Column("location_id", _key(16), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("client", sa.String(length=64), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_id", _AUTO, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_report_case_id_report_case"),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
    )
    op.create_index("ix_report_case_id", "report", ["case_id"])
    op.create_index("ix_report_reported_at", "report", ["reported_at"])
    op.create_index("ix_report_subject_location_id_field", "report", ["subject", "location_id", "field"])

    op.create_table(
        "invitation",
        sa.Column("digest", _key(64), nullable=False),
        sa.Column("clinic_id", _key(64), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_invitation_clinic_id_clinic"),
        sa.PrimaryKeyConstraint("digest", name="pk_invitation"),
    )
    op.create_index("ix_invitation_clinic_id", "invitation", ["clinic_id"])


def downgrade() -> None:
    op.drop_index("ix_invitation_clinic_id", "invitation")
    op.drop_table("invitation")
    op.drop_index("ix_report_subject_location_id_field", "report")
    op.drop_index("ix_report_reported_at", "report")
    op.drop_index("ix_report_case_id", "report")
    op.drop_table("report")
    op.drop_table("application_event")
    op.drop_index("ix_application_check_application_id", "application_check")
    op.drop_table("application_check")
    op.drop_index("ix_report_case_subject_location_id_field", "report_case")
    op.drop_index("ix_report_case_settled_at", "report_case")
    op.drop_table("report_case")
    op.drop_index("ix_ownership_account_id", "ownership")
    op.drop_table("ownership")
    op.drop_table("notice")
    op.drop_index("ix_mail_due_at", "mail")
    op.drop_table("mail")
    op.drop_index("ix_exclusion_npi", "exclusion")
    op.drop_index("ix_exclusion_folded_name", "exclusion")
    op.drop_table("exclusion")
    op.drop_index("ix_application_subject", "application")
    op.drop_index("ix_application_state", "application")
    op.drop_index("ix_application_account_id", "application")
    op.drop_table("application")
