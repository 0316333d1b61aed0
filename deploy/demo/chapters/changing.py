"""Chapters 4 and 5: the ERP raises the target, HR changes a weight; scores follow and everybody hears of it."""

from decimal import Decimal
from functools import partial

from rich.table import Table

from deploy.demo.business import ENDS_ON, STARTS_ON
from deploy.demo.chapters.flowing import expect_totals
from deploy.demo.client import Json
from deploy.demo.schemes import sales_scheme
from deploy.demo.stage import Stage, money

STAGES = ("1.0M, 60/30/10", "1.2M, 60/30/10", "1.2M, 50/40/10")
AFTER_TARGET = {"SALES-seller-1": "61.00", "SALES-seller-2": "79.50", "SALES-seller-3": "72.50"}
AFTER_SCHEME = {"SALES-seller-1": "60.50", "SALES-seller-2": "82.00", "SALES-seller-3": "76.75"}


async def tell_of_the_target(stage: Stage) -> None:
    stage.chapter("4 · The business raises its target")
    body = {
        "metric": "sales",
        "company": True,
        "value": "12000000.00",
        "currency": "CNY",
        "starts_on": STARTS_ON.isoformat(),
        "ends_on": ENDS_ON.isoformat(),
    }
    await stage.systems["erp"].put("/v1/business-targets/erp/sales-2026-h1", body)
    stage.tell("the ERP says 12,000,000 instead of 10,000,000: 20 %, below the 25 % that would need a confirmation")
    totals = await expect_totals(stage, "with the target of 1,200,000", AFTER_TARGET)
    stage.ledger.facts["totals at 1.2M, 60/30/10"] = totals
    path = f"/v1/cycles/{stage.cycle_id}/targets"
    targets = await stage.hr.all(path, metric="sales", subject_kind="employee")
    stage.ledger.check("each seller's target", sorted({money(target["value"]) for target in targets}), ["1,200,000.00"])
    await _explain(stage)


async def _explain(stage: Stage) -> None:
    """Let a score say how it came about; its lines must add up to it."""
    cards = await stage.scorecards(employee_id=stage.employee_ids["SALES-seller-1"])
    explanation = await stage.hr.get(f"/v1/scorecards/{cards[0]['id']}/explanation")
    items = [item for segment in explanation["score"]["segments"] for item in segment["items"]]
    weighted = sum(Decimal(item["weighted"]) for item in items)
    for item in items:
        stage.tell(item["sentence"]["zh"])
    stage.ledger.check("the explanation adds up to", f"{weighted:.2f}", AFTER_TARGET["SALES-seller-1"])


async def tell_of_the_scheme(stage: Stage) -> None:
    stage.chapter("5 · HR changes a weight: looks first, then publishes")
    scheme_id = stage.scheme_ids["sales"]
    document = sales_scheme(sales=5000, conversion=4000, teamwork=1000)
    version = await stage.hr.post(f"/v1/schemes/{scheme_id}/versions", {"document": document})
    body = {"scheme_id": scheme_id, "version": version["version"]}
    simulation = await stage.hr.post(f"/v1/cycles/{stage.cycle_id}/simulations", body)
    _show(stage, simulation)
    stage.ledger.check("scores while it is only simulated", await stage.totals_of(AFTER_TARGET), AFTER_TARGET)
    path = f"/v1/schemes/{scheme_id}/versions/{version['version']}/publication"
    await stage.hr.post(path, {"effect": "whole_cycle", "confirm_tightening": True})
    stage.tell("HR publishes it for the whole cycle, and confirms that it is meant though some lose points")
    totals = await expect_totals(stage, "with sales 50, conversion 40, teamwork 10", AFTER_SCHEME)
    stage.ledger.facts["totals at 1.2M, 50/40/10"] = totals
    await _compare(stage, simulation)
    await _line_by_line(stage)
    await _heard(stage)


def _show(stage: Stage, simulation: Json) -> None:
    moved = [person for person in simulation["people"] if person["moved"]]
    for person in moved:
        name = stage.person_of(person["employee_id"]).name
        before, after = (f"{person[when]['total']} {person[when]['grade']}" for when in ("before", "after"))
        stage.tell(f"{name} would move from {before} to {after}")
    stage.ledger.facts["grade moves simulated"] = len(moved)
    by_employee = {person["employee_id"]: person["after"]["total"] for person in simulation["people"]}
    simulated = {key: by_employee[stage.employee_ids[key]] for key in AFTER_SCHEME}
    stage.ledger.check("simulated totals", simulated, AFTER_SCHEME)


async def _line_by_line(stage: Stage) -> None:
    """Print the three sellers side by side: what they reached, and how their totals moved."""
    table = Table("", "sales / conversion points / teamwork", *(f"T = {when}" for when in STAGES))
    for key in AFTER_SCHEME:
        card = (await stage.scorecards(employee_id=stage.employee_ids[key]))[0]
        sales, conversion, teamwork = card["items"]
        reached = f"{Decimal(sales['actual']):,.0f} / {conversion['points']} / {teamwork['actual']}"
        totals = (stage.ledger.facts[f"totals at {when}"][key] for when in STAGES)
        table.add_row(stage.company.by_key[key].name, reached, *totals)
    stage.console.print(table)


async def _compare(stage: Stage, simulation: Json) -> None:
    """Check that what was published is exactly what was simulated, for everybody."""
    present = {card["employee_id"]: card["total"] for card in await stage.scorecards()}
    simulated = {person["employee_id"]: person["after"]["total"] for person in simulation["people"]}
    differing = [employee for employee, total in simulated.items() if present[employee] != total]
    stage.ledger.check("sellers whose published score differs from the simulated one", len(differing), 0)


async def _heard(stage: Stage) -> None:
    """Employees hear of it with their own numbers, heads with those of their people."""
    for key, told in (("SALES-seller-1", AFTER_SCHEME["SALES-seller-1"]), ("SALES-manager-1", "10")):
        caller = stage.people[key]
        inbox = await stage.until(
            "they are told",
            partial(caller.all, "/v1/notifications"),
            partial(_mentions, told),
        )
        news = [notification["body"] for notification in inbox if told in notification["body"]]
        stage.ledger.check(f"{stage.company.by_key[key].name} is told with own numbers", bool(news), expected=True)
        if news:
            stage.tell(f"「{news[0]}」")


def _mentions(number: str, inbox: list[Json]) -> bool:
    return any(number in notification["body"] for notification in inbox)
