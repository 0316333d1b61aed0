"""Tables of the layer above computed results: what grades are held to, and what sessions calibrated by hand."""

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, ForeignKeyConstraint, Index, Numeric, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.performance.store.tables.base import metadata

distribution_policies = Table(
    "distribution_policies",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("cycle_id", UUID, primary_key=True),
    Column("document", JSONB, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(["tenant_id", "cycle_id"], ["cycles.tenant_id", "cycles.id"]),
)

calibration_sessions = Table(
    "calibration_sessions",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("cycle_id", UUID, nullable=False),
    Column("name", Text, nullable=False),
    Column("department_id", UUID),
    Column("participants", ARRAY(UUID), nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("closed_by", Text),
    Column("closed_at", DateTime(timezone=True)),
    Column("sequence", BigInteger, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(["tenant_id", "cycle_id"], ["cycles.tenant_id", "cycles.id"]),
    Index("calibration_sessions_cycle", "tenant_id", "cycle_id", "id"),
)

calibration_adjustments = Table(
    "calibration_adjustments",
    metadata,
    Column("tenant_id", UUID, primary_key=True),
    Column("id", UUID, primary_key=True),
    Column("session_id", UUID, nullable=False),
    Column("cycle_id", UUID, nullable=False),
    Column("scorecard_id", UUID, nullable=False),
    Column("employee_id", UUID, nullable=False),
    Column("department_id", UUID, nullable=False),
    Column("state", Text, nullable=False),
    Column("computed_total", Numeric),
    Column("computed_grade", Text),
    Column("before_total", Numeric),
    Column("before_grade", Text),
    Column("to_total", Numeric),
    Column("to_grade", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("reviewed_total", Numeric),
    Column("reviewed_grade", Text),
    Column("reviewed_by", Text),
    Column("reviewed_at", DateTime(timezone=True)),
    Column("applied_at", DateTime(timezone=True)),
    Column("withdrawn_by", Text),
    Column("withdrawn_at", DateTime(timezone=True)),
    ForeignKeyConstraint(["tenant_id", "session_id"], ["calibration_sessions.tenant_id", "calibration_sessions.id"]),
    ForeignKeyConstraint(["tenant_id", "scorecard_id"], ["scorecards.tenant_id", "scorecards.id"]),
    Index("calibration_adjustments_cycle", "tenant_id", "cycle_id", "id"),
    Index("calibration_adjustments_scorecard", "tenant_id", "scorecard_id"),
    Index(
        "calibration_adjustments_drafted",
        "tenant_id",
        "scorecard_id",
        unique=True,
        postgresql_where=text("state = 'drafted'"),
    ),
)
