"""A business system that knows everybody: a number, a code and a target for each, and one number nobody can place."""

from typing import Any

from tests.integration.access import chart
from tests.integration.access.world.realm import Hand

PLANNED = {"starts_on": "2021-01-01", "ends_on": "2021-07-01"}


async def connect(hand: Hand) -> None:
    ids = hand.realm.ids
    source = f"crm-{hand.realm.tenant_id.hex[-8:]}"
    connection = await hand.add(
        "connection", "company", "connector", "connections", body={"key": source, "name": "CRM"}
    )
    ids["source"]["company"] = source
    for name in chart.HOMES:
        link = {"value": f"code-{name}", "employee_id": ids["employee"][name]}
        await hand.add("identity_link", name, "connector", f"connections/{connection}/identity-links", body=link)
    await _observe(hand)
    await want(hand, "100")
    for row in await hand.listed("connector", "connections"):
        ids["any_connection"][f"company/{row['key']}"] = row["id"]


async def _observe(hand: Hand) -> None:
    names = [*chart.HOMES, "nobody"]
    for name, item in zip(names, await _send(hand, [order(name) for name in names]), strict=True):
        kind = "quarantined" if name == "nobody" else "observation"
        hand.realm.ids[kind]["company" if name == "nobody" else name] = item["observation_id"]


async def correct(hand: Hand) -> None:
    """Let everybody's order turn out to be worth more."""
    await _send(hand, [{**order(name), "revision": 1, "value": "60.00"} for name in chart.HOMES])


async def _send(hand: Hand, items: list[dict[str, Any]]) -> list[Any]:
    body = {"source": hand.realm.ids["source"]["company"], "items": items}
    answered: list[Any] = (await hand.send("connector", "POST", "observations", body, by=hand.system()))["items"]
    return answered


async def observe_again(hand: Hand, day: str) -> None:
    """Let everybody sell on another day."""
    items = [order(name) | {"id": f"{day}-{name}", "occurred_at": f"{day}T08:00:00Z"} for name in chart.HOMES]
    for name, item in zip(chart.HOMES, await _send(hand, items), strict=True):
        hand.realm.ids["observation"][f"{name}/{day}"] = item["observation_id"]


def order(name: str) -> dict[str, Any]:
    return {
        "id": f"order-{name}",
        "measure": "order.amount",
        "employee": {"ref": name},
        "value": "50.00",
        "occurred_at": "2020-03-04T08:00:00Z",
    }


async def want(hand: Hand, value: str) -> None:
    """Let the business want `value` of everybody, and of every department."""
    ids = hand.realm.ids
    subjects: dict[str, dict[str, Any]] = {
        **{name: {"employee": {"id": ids["employee"][name]}} for name in chart.HOMES},
        **{name: {"department": {"id": ids["department"][name]}} for name in chart.PARENTS},
    }
    for name, subject in subjects.items():
        body = {"metric": "sales", "value": value, **PLANNED, **subject}
        path = f"business-targets/{ids['source']['company']}/{name}"
        ids["business_target"][name] = (await hand.send("connector", "PUT", path, body, by=hand.system()))["id"]
    ids["business_target_name"]["company"] = "report"
