"""Twelve buyers' real half-year by every kind of rule, by every form of ratio, with bonus, penalty and all vetoes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import pytest

from deploy.demo.client import Caller
from tests.factories.adventureworks import AdventureWorks, Purchase
from tests.factories.waiting import eventually
from tests.journeys.conftest import World
from tests.journeys.living import at_once, set_clock
from tests.oracle.cards import Oracle, Stretch, Verdict
from tests.oracle.items import Data
from tests.oracle.rules import Document
from tests.requirements import DATA

pytestmark = [pytest.mark.anyio, pytest.mark.needs("data"), pytest.mark.timeout(600)]
STARTS_ON, ENDS_ON = date(2024, 1, 1), date(2024, 7, 1)


def metric(key: str, direction: str, measure: str, aggregation: str = "sum") -> dict[str, Any]:
    named = {"key": key, "name": key, "unit": "count", "direction": direction}
    return {**named, "aggregation": aggregation, "measure": measure}


METRICS: Mapping[str, dict[str, Any]] = {
    "rejection_rate": {
        "key": "rejection_rate", "name": "Rejections", "unit": "ratio", "direction": "lower", "aggregation": "ratio",
        "numerator": {"measure": "purchase.rejected", "aggregation": "sum"},
        "denominator": {"measure": "purchase.received", "aggregation": "sum"},
    },
    "received": metric("received", "higher", "purchase.received"),
    "spend": metric("spend", "higher", "purchase.amount"),
    "lines": metric("lines", "higher", "purchase.amount", "count"),
    "bad_lines": metric("bad_lines", "lower", "purchase.bad_line", "count"),
    "accepted": metric("accepted", "higher", "purchase.accepted", "rating"),
}  # fmt: skip


def item(key: str, metric_key: str, weight: int, rule: Mapping[str, Any], **more: str) -> dict[str, Any]:
    return {"key": key, "name": key, "metric": metric_key, "weight": weight, "rule": dict(rule), **more}


QUALITY = {"dimension": "quality"}
VETOED = {"metric": "bad_lines", "name": "Bad lines"}
SCHEME: dict[str, Any] = {
    "points_basis": "item",
    "items": [
        item("quality", "rejection_rate", 1500, {"kind": "ratio", "form": "complement"},
             default_target="0.05", **QUALITY),
        item("sparing", "rejection_rate", 500, {"kind": "ratio", "form": "inverse", "cap": "120"},
             default_target="0.02", **QUALITY),
        item("standard", "rejection_rate", 1500,
             {"kind": "efficacy", "unacceptable": {"value": "0.10"}, "satisfactory": {"value": "0.01"}}, **QUALITY),
        item("clean", "rejection_rate", 500, {"kind": "binary", "threshold": {"value": "0.03"}}, **QUALITY),
        item("deliveries", "accepted", 500,
             {"kind": "rating", "levels": [{"rating": "0", "points": "0"}, {"rating": "90", "points": "60"},
                                           {"rating": "100", "points": "100"}]}),
        item("volume", "received", 2000,
             {"kind": "interpolation", "baseline": {"value": "1000"}, "cap": "120"}, default_target="6000"),
        item("value", "spend", 500, {"kind": "ratio", "form": "direct", "cap": "120"}, default_target="200000"),
        item("spend", "spend", 1500,
             {"kind": "steps", "base": "60", "anchor": {"value": "50000"}, "unit": {"value": "10000"}, "up": "2",
              "down": "proportional", "quantise_above": "floor", "quantise_below": "exact"}),
        item("care", "bad_lines", 1000, {"kind": "deduction", "each": "12.5"}),
        item("activity", "lines", 500,
             {"kind": "bands", "bands": [{"to": {"value": "15"}, "points": "40"},
                                         {"from": {"value": "15"}, "to": {"value": "22"}, "points": "70"},
                                         {"from": {"value": "22"}, "points": "100"}]}),
    ],
    "bonuses": [{"key": "busy", "name": "Busy", "metric": "received", "full_mark": "3",
                 "rule": {"kind": "binary", "threshold": {"value": "7000"}}}],
    "penalties": [{"key": "returns", "name": "Returns", "metric": "bad_lines", "full_mark": "5",
                   "rule": {"kind": "steps", "base": "0", "anchor": {"value": "0"}, "unit": {"value": "1"}, "up": "0.5",
                            "down": "0", "quantise_above": "exact", "quantise_below": "exact"}}],
    "vetoes": [
        {"key": "unusable", "name": "Unusable", "metric": "rejection_rate", "when": {"above": {"value": "0.5"}},
         "scope": {"kind": "total"}, "effect": {"kind": "cap_score", "limit": "15"}},
        {"key": "repeated", **VETOED, "when": {"at_least": {"value": "7"}},
         "scope": {"kind": "item", "key": "volume"}, "effect": {"kind": "zero"}},
        {"key": "poor", "name": "Poor", "metric": "rejection_rate", "when": {"above": {"value": "0.05"}},
         "scope": {"kind": "dimension", "key": "quality"}, "effect": {"kind": "cap_score", "limit": "50"}},
        {"key": "marked", **VETOED, "when": {"at_least": {"value": "3"}},
         "scope": {"kind": "total"}, "effect": {"kind": "cap_grade", "grade": "fair"}},
    ],
}  # fmt: skip
BITES = {"unusable": "261", "repeated": "254", "poor": "250", "marked": "260"}
"""Whose result would be another one without the veto."""
GRADES = ({"key": "excellent", "at_least": "90"}, {"key": "good", "at_least": "80"}, {"key": "fair", "at_least": "60"},
          {"key": "poor", "at_least": None})  # fmt: skip
MEASURES = tuple(f"purchase.{name}" for name in ("amount", "received", "rejected", "bad_line", "accepted"))


async def test_every_buyer_by_every_rule(world: World) -> None:
    # Given twelve buyers, what they are measured by, and the system that knows what arrived
    purchases = [each for each in AdventureWorks(DATA / "adventureworks").purchases if each.ordered_on >= STARTS_ON]
    purchases = [each for each in purchases if each.ordered_on < ENDS_ON]
    await world.admin.patch("/v1/tenant", {"zone": "America/Los_Angeles", "currency": "USD", "locale": "en"})
    await set_clock(world, STARTS_ON)
    buyers = await hire(world, sorted({each.buyer for each in purchases}))
    erp = await weigh(world)

    # When their half-year passes
    period = {"starts_on": STARTS_ON.isoformat(), "ends_on": ENDS_ON.isoformat()}
    cycle = await world.admin.post("/v1/cycles", {"name": "H1", "plan_due_on": period["starts_on"], **period})
    await world.admin.post(f"/v1/cycles/{cycle['id']}/opening")
    await set_clock(world, date(2024, 6, 30))
    arrived = [each for line in purchases for each in observations(line)]
    for start in range(0, len(arrived), 1000):
        await erp.post("/v1/observations", {"source": "erp", "items": arrived[start : start + 1000]})
    for measure in MEASURES:
        through = {"starts_on": period["starts_on"], "complete_through": "2024-06-30"}
        await erp.post("/v1/completeness", {"source": "erp", "measure": measure, **through})

    # Then each has the score that the definitions give, worked out in fractions from the rows of the sample
    rows = by_buyer(purchases)
    expected = {buyer: verdict(lines) for buyer, lines in rows.items()}
    assert len(expected) == 12
    assert {each.grade for each in expected.values()} == {"excellent", "good", "fair", "poor"}
    cards: dict[str, Any] = {}

    async def settled() -> bool:
        found = await world.admin.all("/v1/scorecards", cycle_id=cycle["id"])
        cards.update({buyers[card["employee_id"]]: card for card in found if card["employee_id"] in buyers})
        return all(card["state"] == "complete" for card in cards.values()) and len(cards) == len(expected)

    await eventually(settled)
    shown = {
        buyer: (outcome(card), card["before_veto"] and outcome(card["before_veto"])) for buyer, card in cards.items()
    }
    assert shown == {buyer: ((each.total, each.grade), each.before_veto) for buyer, each in expected.items()}
    for key, buyer in BITES.items():
        spared = verdict(rows[buyer], without=key)
        assert outcome(cards[buyer]) != (spared.total, spared.grade), key


def outcome(shown: Mapping[str, Any]) -> tuple[Fraction, str]:
    return Fraction(shown["total"]), shown["grade"]


async def hire(world: World, numbers: list[str]) -> dict[str, str]:
    """Employ the buyers; gives their numbers by id."""
    department = (await world.admin.post("/v1/departments", {"code": "P", "name": "Purchasing"}))["id"]
    position = (await world.admin.post("/v1/positions", {"code": "B", "name": "Buyer"}))["id"]
    found: dict[str, str] = {}

    async def one(number: str) -> None:
        employment = {"department_id": department, "position_id": position, "starts_on": "2020-01-01"}
        body = {"work_number": number, "name": f"Buyer {number}", "joined_on": "2020-01-01", "employment": employment}
        found[(await world.admin.post("/v1/employees", body))["id"]] = number

    await at_once(partial(one, number) for number in numbers)
    return found


async def weigh(world: World) -> Caller:
    await world.admin.post("/v1/connections", {"key": "erp", "name": "ERP"})
    client = await world.admin.post("/v1/api-clients", {"name": "erp", "scopes": ["observations:write"]})
    for each in METRICS.values():
        await world.admin.post("/v1/metrics", each)
    scheme = await world.admin.post("/v1/schemes", {"name": "Buyers", "document": SCHEME})
    await world.admin.post(f"/v1/schemes/{scheme['id']}/versions/1/publication", {"effect": "whole_cycle"})
    return world.api.client(client_id=client["id"], client_secret=client["secret"])


def observations(line: Purchase) -> Iterator[dict[str, Any]]:
    values = {"amount": line.amount, "received": line.received, "rejected": line.rejected}
    if line.received:
        values["accepted"] = accepted(line)
    if line.rejected:
        values["bad_line"] = line.rejected
    for name, value in values.items():
        yield {
            "id": f"{line.number}/{name}",
            "measure": f"purchase.{name}",
            "employee": {"ref": line.buyer},
            "value": str(value),
            "occurred_at": f"{line.ordered_on.isoformat()}T12:00:00-08:00",
        }


def accepted(line: Purchase) -> Decimal:
    """Rate a delivery by what was taken of it, in percent."""
    return round((line.received - line.rejected) / line.received * 100, 2)


def by_buyer(purchases: list[Purchase]) -> Mapping[str, list[Purchase]]:
    found: dict[str, list[Purchase]] = defaultdict(list)
    for line in purchases:
        found[line.buyer].append(line)
    return found


def verdict(lines: list[Purchase], *, without: str | None = None) -> Verdict:
    """Score a buyer's rows by the oracle: actuals to 10 places, everything else exact; one veto may be left out."""
    vetoes = [veto for veto in SCHEME["vetoes"] if veto["key"] != without]
    scheme: Document = {**SCHEME, "vetoes": vetoes, "grades": GRADES}
    received, rejected, spend = (
        sum((Fraction(getattr(line, name)) for line in lines), Fraction(0))
        for name in ("received", "rejected", "amount")
    )
    ratings = [accepted(line) for line in lines if line.received]
    actuals = {
        "rejection_rate": Fraction(round(rejected / received * 10**10), 10**10),
        "received": received,
        "spend": spend,
        "lines": Fraction(len(lines)),
        "bad_lines": Fraction(sum(1 for line in lines if line.rejected)),
        "accepted": Fraction(round(sum(map(Fraction, ratings), Fraction(0)) / len(ratings) * 10**10), 10**10),
    }
    data = {each["key"]: Data(actual=actuals[each["metric"]]) for each in scheme["items"]}
    beside = (*scheme["bonuses"], *scheme["penalties"], *scheme["vetoes"])
    overall = {each["key"]: Data(actual=actuals[each["metric"]]) for each in beside}
    return Oracle(METRICS, final=False).verdict([Stretch(scheme, data, 1)], overall, closing=scheme)
