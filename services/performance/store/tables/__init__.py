"""The performance's tables; `migrations/` creates the same ones, which a test compares."""

from services.performance.store.tables import (
    applicability,
    calibration,
    freshness,
    money,
    procedure,
    revisions,
    scoring,
)
from services.performance.store.tables.base import kit, long_work, metadata, org
from shared.kit.operations.tables import QUEUE

EXEMPT = frozenset({QUEUE})
"""Tables without row-level security beside the kit's: one worker serves the queue of all tenants."""

__all__ = [
    "EXEMPT",
    "applicability",
    "calibration",
    "freshness",
    "kit",
    "long_work",
    "metadata",
    "money",
    "org",
    "procedure",
    "revisions",
    "scoring",
]

SECRETS = {"operation_queue": frozenset({"lease_token"})}
"""Columns that no export has: who is working on something at present."""
