"""The records as they begin."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

revision = "r0001"
down_revision = None
branch_labels = None
depends_on = None

_AUTO = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def _key(length: int) -> TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "dataset",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_dataset_single")),
        sa.PrimaryKeyConstraint("id", name="pk_dataset"),
    )
    op.execute(sa.text("INSERT INTO dataset (id, kind, revision) VALUES (1, NULL, 0)"))
    op.create_table(
        "load",
        sa.Column("id", _AUTO, nullable=False),
        sa.Column("source", _key(32), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_date", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_load"),
    )
    op.create_index("ix_load_source_file_date", "load", ["source", "file_date"])

    op.create_table(
        "location",
        sa.Column("id", _key(16), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("line2", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("zip", sa.String(length=10), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("precision", sa.String(length=16), nullable=False),
        sa.Column("position_source", sa.Text(), nullable=False),
        sa.Column("quarantine_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(lat IS NULL) = (lon IS NULL)", name=op.f("ck_location_whole_point")),
        sa.PrimaryKeyConstraint("id", name="pk_location"),
    )
    op.create_table(
        "removal_request",
        sa.Column("id", _AUTO, nullable=False),
        sa.Column("subject", _key(65), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("reply_to", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_removal_request"),
    )
    op.create_index("ix_removal_request_resolved_at", "removal_request", ["resolved_at"])
    op.create_index("ix_removal_request_subject", "removal_request", ["subject"])

    op.create_table(
        "clinic",
        sa.Column("id", _key(64), nullable=False),
        sa.Column("npi", _key(10), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("taxonomies", _JSON, nullable=False),
        sa.Column("other_names", _JSON, nullable=False),
        sa.Column("network_id", _key(64), nullable=True),
        sa.Column("deactivated_on", sa.Date(), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_reason", sa.Text(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("load_id", _AUTO, nullable=True),
        sa.Column("digest", sa.String(length=32), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name="fk_clinic_load_id_load"),
        sa.PrimaryKeyConstraint("id", name="pk_clinic"),
    )
    op.create_index("ix_clinic_network_id", "clinic", ["network_id"])
    op.create_index("ix_clinic_npi", "clinic", ["npi"])
    op.create_index("ix_clinic_revision", "clinic", ["revision"])

    op.create_table(
        "outbox",
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=False),
        sa.Column("subject", _key(65), nullable=True),
        sa.Column("load_id", _AUTO, nullable=True),
        sa.Column("touched", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name="fk_outbox_load_id_load"),
        sa.PrimaryKeyConstraint("revision", name="pk_outbox"),
    )
    op.create_table(
        "practitioner",
        sa.Column("npi", _key(10), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("middle", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("suffix", sa.Text(), nullable=False),
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("gender", sa.String(length=16), nullable=False),
        sa.Column("taxonomies", _JSON, nullable=False),
        sa.Column("other_names", _JSON, nullable=False),
        sa.Column("deactivated_on", sa.Date(), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_reason", sa.Text(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("load_id", _AUTO, nullable=True),
        sa.Column("digest", sa.String(length=32), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["load_id"], ["load.id"], name="fk_practitioner_load_id_load"),
        sa.PrimaryKeyConstraint("npi", name="pk_practitioner"),
    )
    op.create_index("ix_practitioner_revision", "practitioner", ["revision"])

    op.create_table(
        "clinic_site",
        sa.Column("id", _key(96), nullable=False),
        sa.Column("clinic_id", _key(64), nullable=False),
        sa.Column("location_id", _key(16), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("website", sa.Text(), nullable=False),
        sa.Column("facts", _JSON, nullable=True),
        sa.Column("origin", _key(32), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_clinic_site_clinic_id_clinic"),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name="fk_clinic_site_location_id_location"),
        sa.PrimaryKeyConstraint("id", name="pk_clinic_site"),
        sa.UniqueConstraint("clinic_id", "location_id", name="uq_clinic_site_clinic_id_location_id"),
    )
    op.create_index("ix_clinic_site_location_id", "clinic_site", ["location_id"])

    op.create_table(
        "referral_link",
        sa.Column("clinic_id", _key(64), nullable=False),
        sa.Column("partner_id", _key(64), nullable=False),
        sa.Column("confirmed_by_clinic_on", sa.Date(), nullable=True),
        sa.Column("confirmed_by_partner_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("clinic_id < partner_id", name=op.f("ck_referral_link_one_row_per_pair")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_referral_link_clinic_id_clinic"),
        sa.ForeignKeyConstraint(["partner_id"], ["clinic.id"], name="fk_referral_link_partner_id_clinic"),
        sa.PrimaryKeyConstraint("clinic_id", "partner_id", name="pk_referral_link"),
    )
    op.create_index("ix_referral_link_partner_id", "referral_link", ["partner_id"])

    op.create_table(
        "role",
        sa.Column("id", _key(64), nullable=False),
        sa.Column("npi", _key(10), nullable=False),
        sa.Column("location_id", _key(16), nullable=False),
        sa.Column("clinic_id", _key(64), nullable=True),
        sa.Column("practice_name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("website", sa.Text(), nullable=False),
        sa.Column("facts", _JSON, nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("origin", _key(32), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name="fk_role_clinic_id_clinic"),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name="fk_role_location_id_location"),
        sa.ForeignKeyConstraint(["npi"], ["practitioner.npi"], name="fk_role_npi_practitioner"),
        sa.PrimaryKeyConstraint("id", name="pk_role"),
    )
    op.create_index("ix_role_clinic_id", "role", ["clinic_id"])
    op.create_index("ix_role_location_id", "role", ["location_id"])
    op.create_index("ix_role_npi", "role", ["npi"])

    op.create_table(
        "attestation",
        sa.Column("id", _AUTO, nullable=False),
        sa.Column("role_id", _key(64), nullable=True),
        sa.Column("site_id", _key(96), nullable=True),
        sa.Column("attested_by", sa.Text(), nullable=False),
        sa.Column("attested_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.CheckConstraint("(role_id IS NULL) <> (site_id IS NULL)", name=op.f("ck_attestation_one_owner")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name="fk_attestation_role_id_role", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["site_id"], ["clinic_site.id"], name="fk_attestation_site_id_clinic_site", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_attestation"),
    )
    op.create_index("ix_attestation_expires_on", "attestation", ["expires_on"])
    op.create_index("ix_attestation_role_id", "attestation", ["role_id"])
    op.create_index("ix_attestation_site_id", "attestation", ["site_id"])

    op.create_table(
        "evidence",
        sa.Column("id", _AUTO, nullable=False),
        sa.Column("role_id", _key(64), nullable=True),
        sa.Column("site_id", _key(96), nullable=True),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("origin", _key(32), nullable=False),
        sa.CheckConstraint("(role_id IS NULL) <> (site_id IS NULL)", name=op.f("ck_evidence_one_owner")),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name="fk_evidence_role_id_role", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["site_id"], ["clinic_site.id"], name="fk_evidence_site_id_clinic_site", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
    )
    op.create_index("ix_evidence_role_id", "evidence", ["role_id"])
    op.create_index("ix_evidence_site_id", "evidence", ["site_id"])


def downgrade() -> None:
    op.drop_index("ix_evidence_site_id", "evidence")
    op.drop_index("ix_evidence_role_id", "evidence")

    op.drop_table("evidence")
    op.drop_index("ix_attestation_site_id", "attestation")
    op.drop_index("ix_attestation_role_id", "attestation")
    op.drop_index("ix_attestation_expires_on", "attestation")

    op.drop_table("attestation")
    op.drop_index("ix_role_npi", "role")
    op.drop_index("ix_role_location_id", "role")
    op.drop_index("ix_role_clinic_id", "role")

    op.drop_table("role")
    op.drop_index("ix_referral_link_partner_id", "referral_link")

    op.drop_table("referral_link")
    op.drop_index("ix_clinic_site_location_id", "clinic_site")

    op.drop_table("clinic_site")
    op.drop_index("ix_practitioner_revision", "practitioner")

    op.drop_table("practitioner")
    op.drop_table("outbox")
    op.drop_index("ix_clinic_revision", "clinic")
    op.drop_index("ix_clinic_npi", "clinic")
    op.drop_index("ix_clinic_network_id", "clinic")

    op.drop_table("clinic")
    op.drop_index("ix_removal_request_subject", "removal_request")
    op.drop_index("ix_removal_request_resolved_at", "removal_request")

    op.drop_table("removal_request")
    op.drop_table("location")
    op.drop_index("ix_load_source_file_date", "load")

    op.drop_table("load")
    op.drop_table("dataset")
