"""The tables of the system of record. Migrations make them; a test compares both.

Everything searchable hangs on two subjects, `practitioner` and `clinic`. Each carries the revision of the last
change that shows in one of its listings; `outbox` says which revisions there are.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. SQLite keeps no time zone, so what is written and read is always UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def key(length: int) -> TypeEngine[str]:
    """An identifier, compared by its bytes on every database, so that all stream in the same order."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


_JSON = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
_AUTO = BigInteger().with_variant(Integer, "sqlite")
_ONE_OWNER = "(role_id IS NULL) <> (site_id IS NULL)"

dataset = Table(
    "dataset",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16)),
    Column("revision", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="single"),
)

load = Table(
    "load",
    METADATA,
    Column("id", _AUTO, primary_key=True),
    Column("source", key(32), nullable=False),
    Column("file_name", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("file_date", Date, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("counts", _JSON, nullable=False),
    Column("options", _JSON),
    Column("seen_at", UtcDateTime),
    Index(None, "source", "file_date"),
)

practitioner = Table(
    "practitioner",
    METADATA,
    Column("npi", key(10), primary_key=True),
    Column("given", Text, nullable=False),
    Column("family", Text, nullable=False),
    Column("middle", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("suffix", Text, nullable=False),
    Column("credential", Text, nullable=False),
    Column("gender", String(16), nullable=False),
    Column("taxonomies", _JSON, nullable=False),
    Column("other_names", _JSON, nullable=False),
    Column("deactivated_on", Date),
    Column("hidden_at", UtcDateTime),
    Column("hidden_reason", Text),
    Column("as_of", Date),
    Column("load_id", ForeignKey("load.id")),
    Column("digest", String(32)),
    Column("revision", BigInteger, nullable=False, index=True),
    Column("further", _JSON),
)

location = Table(
    "location",
    METADATA,
    Column("id", key(16), primary_key=True),
    Column("line", Text, nullable=False),
    Column("line2", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("state", String(2), nullable=False),
    Column("zip", String(10), nullable=False),
    Column("lat", Double),
    Column("lon", Double),
    Column("precision", String(16), nullable=False),
    Column("position_source", Text, nullable=False),
    Column("quarantine_reason", Text),
    CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="whole_point"),
)

clinic = Table(
    "clinic",
    METADATA,
    Column("id", key(64), primary_key=True),
    Column("npi", key(10), index=True),
    Column("name", Text, nullable=False),
    Column("taxonomies", _JSON, nullable=False),
    Column("other_names", _JSON, nullable=False),
    Column("network_id", key(64), index=True),
    Column("deactivated_on", Date),
    Column("hidden_at", UtcDateTime),
    Column("hidden_reason", Text),
    Column("as_of", Date),
    Column("load_id", ForeignKey("load.id")),
    Column("digest", String(32)),
    Column("revision", BigInteger, nullable=False, index=True),
    Column("further", _JSON),
)

role = Table(
    "role",
    METADATA,
    Column("id", key(64), primary_key=True),
    Column("npi", key(10), ForeignKey("practitioner.npi"), nullable=False, index=True),
    Column("location_id", key(16), ForeignKey("location.id"), nullable=False, index=True),
    Column("clinic_id", key(64), ForeignKey("clinic.id"), index=True),
    Column("practice_name", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("website", Text, nullable=False),
    Column("facts", _JSON),
    Column("confirmed_on", Date),
    Column("origin", key(32), nullable=False),
)

clinic_site = Table(
    "clinic_site",
    METADATA,
    Column("id", key(96), primary_key=True),
    Column("clinic_id", key(64), ForeignKey("clinic.id"), nullable=False),
    Column("location_id", key(16), ForeignKey("location.id"), nullable=False, index=True),
    Column("phone", Text, nullable=False),
    Column("website", Text, nullable=False),
    Column("facts", _JSON),
    Column("origin", key(32), nullable=False),
    UniqueConstraint("clinic_id", "location_id"),
)

referral_link = Table(
    "referral_link",
    METADATA,
    Column("clinic_id", key(64), ForeignKey("clinic.id"), primary_key=True),
    Column("partner_id", key(64), ForeignKey("clinic.id"), primary_key=True, index=True),
    Column("confirmed_by_clinic_on", Date),
    Column("confirmed_by_partner_on", Date),
    Column("ended_on", Date),
    CheckConstraint("clinic_id < partner_id", name="one_row_per_pair"),
)

attestation = Table(
    "attestation",
    METADATA,
    Column("id", _AUTO, primary_key=True),
    Column("role_id", key(64), ForeignKey("role.id", ondelete="CASCADE"), index=True),
    Column("site_id", key(96), ForeignKey("clinic_site.id", ondelete="CASCADE"), index=True),
    Column("attested_by", Text, nullable=False),
    Column("attested_on", Date, nullable=False),
    Column("expires_on", Date, nullable=False, index=True),
    CheckConstraint(_ONE_OWNER, name="one_owner"),
)

evidence = Table(
    "evidence",
    METADATA,
    Column("id", _AUTO, primary_key=True),
    Column("role_id", key(64), ForeignKey("role.id", ondelete="CASCADE"), index=True),
    Column("site_id", key(96), ForeignKey("clinic_site.id", ondelete="CASCADE"), index=True),
    Column("level", String(16), nullable=False),
    Column("what", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("checked_on", Date, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("note", Text, nullable=False),
    Column("origin", key(32), nullable=False),
    CheckConstraint(_ONE_OWNER, name="one_owner"),
)

outbox = Table(
    "outbox",
    METADATA,
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    Column("cause", String(32), nullable=False),
    Column("subject", key(65)),
    Column("load_id", ForeignKey("load.id")),
    Column("touched", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

removal_request = Table(
    "removal_request",
    METADATA,
    Column("id", _AUTO, primary_key=True),
    Column("subject", key(65), nullable=False, index=True),
    Column("what", String(16), nullable=False),
    Column("message", Text, nullable=False),
    Column("reply_to", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("resolved_at", UtcDateTime, index=True),
    Column("resolution", Text, nullable=False),
)

application = Table(
    "application",
    METADATA,
    Column("id", key(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("account_id", key(64), nullable=False, index=True),
    Column("email", Text, nullable=False),
    Column("state", String(24), nullable=False, index=True),
    Column("draft", _JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("submitted_at", UtcDateTime),
    Column("subject", key(65), nullable=False, index=True),
    Column("endorsed_by", key(64), nullable=False),
)

application_event = Table(
    "application_event",
    METADATA,
    Column("application_id", key(32), ForeignKey("application.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("account_id", key(64), nullable=False),
    Column("party", String(16), nullable=False),
    Column("action", String(16), nullable=False),
    Column("to_state", String(24), nullable=False),
    Column("why", Text, nullable=False),
)

application_check = Table(
    "application_check",
    METADATA,
    Column("id", _AUTO, primary_key=True),
    Column("application_id", key(32), ForeignKey("application.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("about", String(32), nullable=False),
    Column("what", String(32), nullable=False),
    Column("source", Text, nullable=False),
    Column("result", String(16), nullable=False),
    Column("claimed", Text, nullable=False),
    Column("found", Text, nullable=False),
    Column("checked_on", Date, nullable=False),
    Column("expires_on", Date, nullable=False),
)

ownership = Table(
    "ownership",
    METADATA,
    Column("subject", key(65), primary_key=True),
    Column("account_id", key(64), nullable=False, index=True),
    Column("email", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

mail = Table(
    "mail",
    METADATA,
    Column("id", _AUTO, primary_key=True),
    Column("address", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcDateTime, index=True),
    Column("sent_at", UtcDateTime),
)

notice = Table(
    "notice",
    METADATA,
    Column("subject", key(65), primary_key=True),
    Column("expires_on", Date, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("token_digest", key(64), nullable=False, unique=True),
    Column("token_until", Date, nullable=False),
    Column("used_on", Date),
)

report_case = Table(
    "report_case",
    METADATA,
    Column("id", _AUTO, primary_key=True),
    Column("subject", key(65), nullable=False),
    Column("location_id", key(16), nullable=False),
    Column("field", String(32), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("settled_at", UtcDateTime, index=True),
    Column("settled_by", key(64), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("pinned", Boolean, nullable=False),
    Index(None, "subject", "location_id", "field"),
)

report = Table(
    "report",
    METADATA,
    Column("id", _AUTO, primary_key=True),
    Column("subject", key(65), nullable=False),
    Column("location_id", key(16), nullable=False),
    Column("field", String(32), nullable=False),
    Column("message", Text, nullable=False),
    Column("client", String(64), nullable=False),
    Column("reported_at", UtcDateTime, nullable=False, index=True),
    Column("case_id", ForeignKey("report_case.id"), index=True),
    Index(None, "subject", "location_id", "field"),
)

invitation = Table(
    "invitation",
    METADATA,
    Column("digest", key(64), primary_key=True),
    Column("clinic_id", key(64), ForeignKey("clinic.id"), nullable=False, index=True),
    Column("until", Date, nullable=False),
    Column("used_on", Date),
)

exclusion = Table(
    "exclusion",
    METADATA,
    Column("id", _AUTO, primary_key=True),
    Column("npi", key(10), nullable=False, index=True),
    Column("folded_name", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("state", String(2), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("excluded_on", Date, nullable=False),
    Column("as_of", Date, nullable=False),
)

account = Table(
    "account",
    METADATA,
    Column("id", key(64), primary_key=True),
    Column("email", Text, nullable=False),
    Column("folded_email", Text, nullable=False, unique=True),
    Column("password", Text, nullable=False),
    Column("sessions", key(64), nullable=False, unique=True),
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("confirmed_at", UtcDateTime),
    Column("second_factor", Text, nullable=False),
    Column("recovery_codes", _JSON, nullable=False),
    Column("roles", _JSON, nullable=False),
)
