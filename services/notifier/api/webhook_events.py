"""The requests this API makes itself, as the document's `webhooks`: one for each event type a subscriber may choose."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header
from pydantic import BaseModel

from services.notifier.api.webhook_bodies import BODIES
from services.notifier.usecases.describe import SCORE_CHANGED

Id = Annotated[str, Header(alias="webhook-id", description="the `id` of the body")]
Timestamp = Annotated[int, Header(alias="webhook-timestamp", description="seconds since 1970; refuse old ones")]
Signature = Annotated[str, Header(alias="webhook-signature", description="`v1,…`, several while secrets change")]
_ABOUT = (
    "Signed as [Standard Webhooks](https://www.standardwebhooks.com) says. Answer with any 2xx within 15 seconds; 410 "
    "ends the subscription, everything else is tried again for three days."
)
_CARD = "01956bdd-a8d0-7000-8000-000000000011"
_IDS = {
    "scorecard_id": _CARD,
    "employee_id": "01956bdd-a8d0-7000-8000-000000000012",
    "cycle_id": "01956bdd-a8d0-7000-8000-000000000013",
    "status": "provisional",
    "url": f"/v1/scorecards/{_CARD}",
}
_ITEM = {"key": "sales", "metric": "sales", "name": "Sales", "weight": 6000, "state": "scored"}
_NUMBERS = {
    "department_id": "01956bdd-a8d0-7000-8000-000000000014",
    "previous": {"total": "71.50", "grade": "fair"},
    "current": {"total": "73.90", "grade": "fair"},
    "cause": {"kind": "observations", "reference": None},
    "items": [{**_ITEM, "target": "1000000", "actual": "1250000", "points": "64"}],
}


def describe_webhooks(webhooks: APIRouter) -> None:
    for event_type, body in BODIES.items():
        webhooks.add_api_route(
            event_type,
            _told(event_type, body),
            methods=["POST"],
            status_code=204,
            operation_id=f"told_{event_type.replace('.', '_')}",
            summary=f"Told: {event_type}",
            description=_ABOUT,
            tags=["webhooks"],
            response_description="Heard",
            openapi_extra={"security": []},
        )


def _told(event_type: str, body: type[BaseModel]) -> Callable[..., Awaitable[None]]:
    examples = _examples() if event_type == SCORE_CHANGED else None
    received = Annotated[body, Body(openapi_examples=examples)]  # type: ignore[valid-type]  # made from a table

    async def told(event: received, webhook_id: Id, webhook_timestamp: Timestamp, webhook_signature: Signature) -> None:
        """Never called: it is what subscribers implement."""

    return told


def _examples() -> Any:  # noqa: ANN401 -- FastAPI's own type is private
    event = {
        "specversion": "1.0",
        "id": "01956bdd-a8d0-7000-8000-000000000010",
        "source": "/performance",
        "type": SCORE_CHANGED,
        "subject": f"scorecards/{_CARD}",
        "time": "2026-03-04T08:15:02Z",
        "tenantid": "01956bdd-a8d0-7000-8000-000000000001",
        "sequence": "17",
        "datacontenttype": "application/json",
    }
    return {
        "thin": {"value": {**event, "data": _IDS}},
        "full": {"value": {**event, "data": {**_IDS, **_NUMBERS}}},
    }
