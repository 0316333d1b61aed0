"""Chapter 7: a late order: what is published stands still until HR decides, and then everybody hears of it."""

from decimal import Decimal
from functools import partial

from deploy.demo.business import CRM_CODES
from deploy.demo.client import Json
from deploy.demo.stage import Stage

SELLER = "SALES-seller-1"
LATE = {
    "id": "SO-LATE-1",
    "measure": "order.amount",
    "employee": {"ref": CRM_CODES[SELLER]},
    "value": "100000.00",
    "currency": "CNY",
    "occurred_at": "2026-06-29T15:00:00+08:00",
}
BEFORE, AFTER = "60.50", "61.50"
"""One more step of 100,000 is two points of sales, which weigh 50 %."""
REASON = "六月的一张订单在发布后才入账。"


async def tell(stage: Stage) -> None:
    stage.chapter("7 · A late order")
    await stage.move_clock("2026-07-06T09:00")
    await stage.systems["crm"].post("/v1/observations", {"source": "crm", "items": [LATE]})
    listed = partial(stage.hr.all, "/v1/revisions", cycle_id=stage.cycle_id)
    proposed = await stage.until("a revision is proposed", listed, lambda found: len(found) > 0)
    name = stage.company.by_key[SELLER].name
    stage.ledger.check("revisions that one late order proposes", len(proposed), 1)
    (revision,) = proposed
    totals = {when: revision[when]["total"] for when in ("previous", "proposed")}
    stage.ledger.check(
        f"what the late order would make of {name}'s total", totals, {"previous": BEFORE, "proposed": AFTER}
    )
    stage.ledger.check("the published total meanwhile", (await stage.totals_of([SELLER]))[SELLER], BEFORE)
    await stage.hr.post(f"/v1/revisions/{revision['id']}/approval", {"reason": REASON})
    stage.tell(f"HR approves: {name} goes from {BEFORE} to {AFTER} ({revision['delta']} more): {REASON}")
    stage.ledger.check("the total then", (await stage.totals_of([SELLER]))[SELLER], AFTER)
    await _archived(stage)


async def _archived(stage: Stage) -> None:
    """Find the revised result in the person's portrait."""
    path = f"/v1/employees/{stage.employee_ids[SELLER]}/portrait"
    portrait = await stage.until(
        "the archive follows", lambda: stage.hr.get(path), lambda found: _newest(found) == AFTER
    )
    stage.ledger.check("the newest total in the portrait", _newest(portrait), AFTER)


def _newest(portrait: Json) -> str:
    return f"{Decimal(portrait['performance'][0]['performance']['total']):.2f}"
