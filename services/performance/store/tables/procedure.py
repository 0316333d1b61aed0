"""Tables of the procedure: metrics, schemes, cycles, targets, plans, and what past periods brought."""

from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.performance.store.tables.base import metadata


def _stamps() -> tuple[Column[int], Column[datetime], Column[datetime]]:
    return (
        Column("sequence", BigInteger, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("updated_at", DateTime(timezone=True), nullable=False),
    )


metrics = Table(
    "metrics",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("key", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    *_stamps(),
    UniqueConstraint("tenant_id", "key", name="metrics_key"),
)

schemes = Table(
    "schemes",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("department_ids", ARRAY(UUID), nullable=False),
    Column("position_ids", ARRAY(UUID), nullable=False),
    *_stamps(),
)

scheme_versions = Table(
    "scheme_versions",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("scheme_id", UUID, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("document", JSONB, nullable=False),
    Column("on_target_score", Numeric),
    Column("effect", Text),
    Column("effective_on", Date),
    Column("published_at", DateTime(timezone=True)),
    Column("published_by", Text),
    *_stamps(),
    ForeignKeyConstraint(["tenant_id", "scheme_id"], ["schemes.tenant_id", "schemes.id"]),
)

cycles = Table(
    "cycles",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("plan_due_on", Date, nullable=False),
    Column("late_policy", Text, nullable=False),
    Column("confirmation_threshold", Numeric, nullable=False),
    Column("history_mark", Numeric, nullable=False),
    Column("growth", Numeric, nullable=False),
    Column("minimum_workdays", Integer, nullable=False, server_default="0"),
    Column("leave", JSONB, nullable=False, server_default='{"kinds": [], "minimum_workdays": 1}'),
    Column("fte", Text, nullable=False, server_default="ignore"),
    Column("positions", Text, nullable=False, server_default="principal"),
    Column("cascade", JSONB, nullable=False, server_default='{"departments": "equal", "people": "equal"}'),
    Column("phase", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True)),
    Column("frozen_at", DateTime(timezone=True)),
    Column("published_at", DateTime(timezone=True)),
    *_stamps(),
    UniqueConstraint("tenant_id", "name", name="cycles_name"),
)

cycle_departments = Table(
    "cycle_departments",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("cycle_id", UUID, primary_key=True),
    Column("department_id", UUID, primary_key=True),
    Column("parent_id", UUID),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    ForeignKeyConstraint(["tenant_id", "cycle_id"], ["cycles.tenant_id", "cycles.id"]),
)
"""The departments as they were when a cycle was frozen."""

cycle_schemes = Table(
    "cycle_schemes",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("cycle_id", UUID, primary_key=True),
    Column("scheme_id", UUID, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("department_ids", ARRAY(UUID), nullable=False),
    Column("position_ids", ARRAY(UUID), nullable=False),
    Column("former", JSONB, nullable=False, server_default="[]"),
    ForeignKeyConstraint(["tenant_id", "cycle_id"], ["cycles.tenant_id", "cycles.id"]),
    ForeignKeyConstraint(
        ["tenant_id", "scheme_id", "version"],
        ["scheme_versions.tenant_id", "scheme_versions.scheme_id", "scheme_versions.number"],
    ),
)

targets = Table(
    "targets",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("cycle_id", UUID, nullable=False),
    Column("metric", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", UUID),
    Column("department_id", UUID),
    Column("value", Numeric),
    Column("generated", Numeric),
    Column("unassigned", Numeric, nullable=False),
    Column("origin", Text, nullable=False),
    Column("meant_for", Text, nullable=False, server_default="full_time"),
    Column("portion", JSONB(none_as_null=True)),
    Column("earlier", JSONB, nullable=False, server_default="[]"),
    Column("reason", JSONB, nullable=False),
    Column("override_reason", Text),
    Column("proposed", Numeric),
    Column("declined", Numeric),
    Column("history", JSONB, nullable=False),
    Column("deviation", Numeric),
    Column("far_off", Boolean, nullable=False),
    *_stamps(),
    UniqueConstraint(
        "tenant_id",
        "cycle_id",
        "metric",
        "subject_kind",
        "subject_id",
        name="targets_subject",
        postgresql_nulls_not_distinct=True,
    ),
    ForeignKeyConstraint(["tenant_id", "cycle_id"], ["cycles.tenant_id", "cycles.id"]),
)

target_moves = Table(
    "target_moves",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("target_id", UUID, primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("value", Numeric),
    Column("origin", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("changed_by", Text),
    Column("reason", JSONB, nullable=False),
    Column("override_reason", Text),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("effective_on", Date),
    ForeignKeyConstraint(["tenant_id", "target_id"], ["targets.tenant_id", "targets.id"]),
)

business_targets = Table(
    "business_targets",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("metric", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", UUID),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("value", Numeric, nullable=False),
    Column("currency", Text),
    Column("deleted", Boolean, nullable=False),
    Index("business_targets_metric", "tenant_id", "metric", "starts_on"),
)

past_performances = Table(
    "past_performances",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("record_id", UUID, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("employee_id", UUID, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("metrics", JSONB, nullable=False),
    Column("total", Numeric),
    Column("grade", Text),
    Column("deleted", Boolean, nullable=False),
    Index("past_performances_employee", "tenant_id", "employee_id", "starts_on"),
)

plans = Table(
    "plans",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("cycle_id", UUID, nullable=False),
    Column("department_id", UUID, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("weights", JSONB, nullable=False),
    Column("former_weights", JSONB, nullable=False, server_default="{}"),
    Column("submitted_by", UUID),
    Column("submitted_at", DateTime(timezone=True)),
    Column("decided_by", UUID),
    Column("decided_at", DateTime(timezone=True)),
    Column("comment", Text),
    Column("reminded_on", Date),
    *_stamps(),
    UniqueConstraint("tenant_id", "cycle_id", "department_id", name="plans_department"),
    ForeignKeyConstraint(["tenant_id", "cycle_id"], ["cycles.tenant_id", "cycles.id"]),
)
