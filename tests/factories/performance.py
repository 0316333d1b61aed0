"""Things of the performance engine for tests."""

from datetime import UTC, datetime
from typing import Any

from shared.contracts.observations import ObservationItem
from shared.core.ids import Uuid7

_ids = Uuid7()


def make_observation(**overrides: Any) -> ObservationItem:
    identifier = _ids.new()
    fields: dict[str, Any] = {
        "observation_id": identifier,
        "revision": 1,
        "source": "crm",
        "remote_id": f"SO-{identifier}",
        "measure": "order.amount",
        "subject_kind": "employee",
        "subject_id": _ids.new(),
        "value": "100",
        "occurred_at": datetime(2026, 3, 4, 8, tzinfo=UTC),
        "credit_date": "2026-03-04",
    }
    return ObservationItem(**{**fields, **overrides})
