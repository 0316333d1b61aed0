"""Chapter 2: metrics, schemes, the cycle; targets generate themselves; heads adjust, HR returns and approves."""

from decimal import Decimal
from functools import partial

from deploy.demo import schemes
from deploy.demo.business import ENDS_ON, STARTS_ON
from deploy.demo.client import Json, Refused
from deploy.demo.staff import MINIMUM_WORKDAYS
from deploy.demo.stage import Stage, money

REMINDER = "您部门绩效指标制定尚未完成，请尽快提交"
LATE = "OPS"
RETURNED = "RISK"
PLAN_DUE_ON = "2026-01-10"
EACH = Decimal(1_000_000)


async def tell(stage: Stage) -> None:
    stage.chapter("2 · Goals: generated, adjusted, approved")
    await _metrics_and_schemes(stage)
    await _company_target(stage, "10000000.00")
    await _open_cycle(stage)
    await _targets(stage)
    await _plans(stage)
    await _late_department(stage)
    await _hr_of_its_own(stage)


async def _metrics_and_schemes(stage: Stage) -> None:
    await stage.each("metrics", [partial(stage.hr.post, "/v1/metrics", document) for document in schemes.METRICS])
    for name, title, document, places in (
        ("sales", "销售方案", schemes.sales_scheme(), {"position_ids": [stage.position_ids["seller"]]}),
        ("telesales", "电销方案", schemes.telesales_scheme(), {"position_ids": [stage.position_ids["telesales"]]}),
        ("risk", "风控方案", schemes.risk_scheme(), {"position_ids": [stage.position_ids["risk_officer"]]}),
        ("common", "通用方案", schemes.common_scheme(), {}),
    ):
        scheme = await stage.hr.post("/v1/schemes", {"name": title, "document": document, **places})
        stage.scheme_ids[name] = scheme["id"]
        path = f"/v1/schemes/{scheme['id']}/versions/1/publication"
        published = await stage.hr.post(path, {"effect": "whole_cycle"})
        if name == "sales":
            stage.ledger.check("on-target score of the sales scheme", published["on_target_score"], "76.00")


async def _company_target(stage: Stage, value: str) -> None:
    period = {"starts_on": STARTS_ON.isoformat(), "ends_on": ENDS_ON.isoformat()}
    body = {"metric": "sales", "company": True, "value": value, "currency": "CNY", **period}
    await stage.systems["erp"].put("/v1/business-targets/erp/sales-2026-h1", body)
    stage.tell(f"the ERP sets the company's sales target of the half-year: {Decimal(value):,}")


async def _open_cycle(stage: Stage) -> None:
    cycle = await stage.hr.post(
        "/v1/cycles",
        {
            "name": "2026年上半年",
            "starts_on": STARTS_ON.isoformat(),
            "ends_on": ENDS_ON.isoformat(),
            "plan_due_on": PLAN_DUE_ON,
            "late_policy": "escalated",
            "confirmation_threshold": "0.25",
            "history_mark": "0.15",
            "minimum_workdays": MINIMUM_WORKDAYS,
        },
    )
    stage.cycle_id = cycle["id"]
    await stage.hr.post(f"/v1/cycles/{stage.cycle_id}/opening")
    stage.ledger.check("scorecards opened", len(await stage.scorecards()), len(stage.company.people))


async def _targets(stage: Stage) -> None:
    """Each of ten sellers gets a tenth; beside it stand three years, and what is far off is marked."""
    path = f"/v1/cycles/{stage.cycle_id}/targets"
    targets = await stage.until(
        "targets cascade",
        lambda: stage.hr.all(path, metric="sales", subject_kind="employee"),
        lambda found: {Decimal(target["value"] or 0) for target in found} == {EACH},
    )
    stage.ledger.check("sellers with a sales target", len(targets), 10)
    stage.ledger.check("each seller's target", sorted({money(target["value"]) for target in targets}), [money(EACH)])
    stage.ledger.check("years of history beside it", {len(target["history"]) for target in targets}, {3})
    everybody = await stage.hr.all(path, subject_kind="employee")
    marked = [target for target in everybody if target["mark"]]
    stage.tell(f"{len(everybody)} targets for people, {len(marked)} marked as far off their history, such as")
    _show(stage, marked[0])
    stage.ledger.facts["targets"] = {"people": len(everybody), "marked": len(marked)}


def _show(stage: Stage, target: Json) -> None:
    """Print a target as a head sees it: value, reason, three years beside it."""
    years = ", ".join(f"{year['label']}: {money(year['value'])}" for year in target["history"])
    person = stage.person_of(target["subject_id"])
    stage.tell(f"  {person.name} {target['metric']} {money(target['value'])} — {target['reason']['zh']} ({years})")


async def plan_of(stage: Stage, department: str) -> Json:
    """Find a department's plan in the cycle."""
    plans = await stage.hr.all(f"/v1/cycles/{stage.cycle_id}/plans")
    return next(plan for plan in plans if plan["department_id"] == stage.department_ids[department])


async def _submit(stage: Stage, department: str) -> Json:
    plan = await plan_of(stage, department)
    return await stage.head(department).post(f"/v1/plans/{plan['id']}/submission")


async def _approve(stage: Stage, department: str) -> Json:
    plan = await plan_of(stage, department)
    return await stage.hr.post(f"/v1/plans/{plan['id']}/approval")


async def _weigh(stage: Stage, department: str, scheme: str, weights: dict[str, int]) -> None:
    plan = await plan_of(stage, department)
    body = {"scheme_id": stage.scheme_ids[scheme], "weights": weights}
    await stage.head(department).put(f"/v1/plans/{plan['id']}/weights", body)


async def _plans(stage: Stage) -> None:
    await stage.move_clock("2026-01-05T09:00")
    await _weigh(stage, "TECH", "common", {"quality": 7000, "teamwork": 3000})
    stage.tell("the head of technology weighs quality 70 %, teamwork 30 %")
    await _weigh(stage, RETURNED, "risk", {"overdue": 9500, "teamwork": 500})
    for department in ("GM", "SALES", "TELE", RETURNED, "FIN", "TECH"):
        await _submit(stage, department)
    await _wrong_head(stage)
    for department in ("SALES", "TELE", "FIN", "TECH", "GM"):
        await _approve(stage, department)
    await _return_once(stage)


async def _wrong_head(stage: Stage) -> None:
    """Let the head of sales try to submit another department's plan."""
    plan = await plan_of(stage, LATE)
    try:
        await stage.head("SALES").post(f"/v1/plans/{plan['id']}/submission")
    except Refused as refused:
        stage.ledger.check(
            "another head's submission is refused", refused.problem["status"] in {403, 404}, expected=True
        )
    else:
        stage.ledger.check("another head's submission is refused", "it was not", "refused")


async def _return_once(stage: Stage) -> None:
    plan = await plan_of(stage, RETURNED)
    comment = "团队协作不得低于 20%"
    await stage.hr.post(f"/v1/plans/{plan['id']}/return", {"comment": comment})
    stage.tell(f"HR returns the plan of 风控部: {comment}")
    await _weigh(stage, RETURNED, "risk", {"overdue": 8000, "teamwork": 2000})
    await _submit(stage, RETURNED)
    approved = await _approve(stage, RETURNED)
    stage.ledger.check("the returned plan, changed, is", approved["state"], "approved")


async def _late_department(stage: Stage) -> None:
    """Let the deadline pass; the board shows who is late, the reminder lies in the head's inbox."""
    await stage.move_clock("2026-01-12T09:00")
    head = stage.head(LATE)
    inbox = await stage.until(
        "the reminder arrives",
        lambda: head.all("/v1/notifications"),
        lambda found: any(REMINDER in notification["body"] for notification in found),
    )
    reminded = any(REMINDER in notification["body"] for notification in inbox)
    stage.ledger.check(f"the late head finds 「{REMINDER}」", reminded, expected=True)
    progress = await stage.hr.get(f"/v1/cycles/{stage.cycle_id}/progress")
    late = sorted(row["department_name"] for row in progress["departments"] if row["late"])
    stage.tell(f"the progress board: {progress['plans']}, late: {'、'.join(late)}")
    stage.ledger.check("late on the progress board", late, sorted(["运营部", "人力资源部"]))
    await _submit(stage, LATE)
    approved = await _approve(stage, LATE)
    stage.ledger.check("the late plan, submitted, is", approved["state"], "approved")


async def _hr_of_its_own(stage: Stage) -> None:
    """Nobody approves the plan of a department he or she heads: HR's own goes to the general manager."""
    plan = await _submit(stage, "HR")
    path = f"/v1/plans/{plan['id']}/approval"
    try:
        await stage.hr.post(path)
    except Refused as refused:
        stage.ledger.check("HR's approval of its own plan", refused.problem["status"], 403)
    approved = await stage.head("GM").post(path)
    stage.ledger.check("HR's plan, seen by the general manager, is", approved["state"], "approved")
    states = {row["state"] for row in await stage.hr.all(f"/v1/cycles/{stage.cycle_id}/plans")}
    stage.ledger.check("all plans are", states, {"approved"})
