"""Things of the performance engine for tests."""

from datetime import UTC, datetime
from typing import Any

import httpx

from shared.contracts.observations import ObservationItem
from shared.core.access import Principal
from shared.core.ids import Uuid7
from tests.factories.installation import bearer

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


async def get(client: httpx.AsyncClient, principal: Principal, path: str, **params: Any) -> Any:
    """Read as somebody, who may."""
    response = await client.get(path, params=params, headers=bearer(principal))
    assert response.status_code == 200, response.text
    return response.json()
