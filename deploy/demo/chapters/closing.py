"""Chapter 6: the cycle closes: graded reports, feedback, an improvement plan."""

from collections import Counter
from decimal import Decimal

from deploy.demo.chapters import moving
from deploy.demo.client import Json
from deploy.demo.company import HISTORY_YEARS
from deploy.demo.stage import Stage

ADVICE = "客户关系管理培训"


async def tell(stage: Stage) -> None:
    stage.chapter("6 · The cycle closes")
    await stage.move_clock("2026-07-02T09:00")
    await stage.hr.post(f"/v1/cycles/{stage.cycle_id}/freeze")
    await stage.hr.post(f"/v1/cycles/{stage.cycle_id}/publication")
    await _reports(stage)
    await moving.tell(stage)
    await _advice(stage)
    await _feedback(stage)
    await _archived(stage)


async def _reports(stage: Stage) -> None:
    reports = await stage.until(
        "reports are written",
        lambda: stage.hr.all("/v1/reports", cycle_id=stage.cycle_id),
        lambda found: len(found) == len(stage.company.everybody),
    )
    graded = [report for report in reports if report["grade"] is not None]
    stage.ledger.check("reports", len(reports), 322)
    stage.ledger.check("graded reports", len(graded), 321)
    grades = Counter(report["grade"] for report in graded)
    stage.tell(", ".join(f"{grade}: {count}" for grade, count in sorted(grades.items())))
    stage.ledger.facts["grades"] = dict(sorted(grades.items()))


async def _advice(stage: Stage) -> None:
    """Reaching the sales and converting few leads earns the advice to train customer relations."""
    report = await _report_of(stage, "SALES-seller-1")
    advised = any(ADVICE in str(training) for training in report["trainings"])
    stage.ledger.check(f"{stage.company.by_key['SALES-seller-1'].name} is advised {ADVICE}", advised, expected=True)


async def _report_of(stage: Stage, key: str) -> Json:
    mine = stage.people[key]
    reports = await mine.all("/v1/reports", cycle_id=stage.cycle_id)
    stage.ledger.check(f"reports {stage.company.by_key[key].name} can see", len(reports), 1)
    return await mine.get(f"/v1/reports/{reports[0]['id']}")


async def _feedback(stage: Stage) -> None:
    report = await _report_of(stage, "SALES-seller-1")
    text = "销售额稳定，请在下半年提升线索转化。"
    await stage.head("SALES").post("/v1/feedback", {"scorecard_id": report["scorecard_id"], "text": text})
    stage.tell(f"the head of sales writes: {text}")
    goals = [{"text": "参加客户关系管理培训，将转化率提高到 15%", "due_on": "2026-12-31"}]
    body = {"scorecard_id": report["scorecard_id"], "goals": goals}
    plan = await stage.people["SALES-seller-1"].post("/v1/improvement-plans", body)
    stage.tell(f"{stage.company.by_key['SALES-seller-1'].name} answers: {goals[0]['text']}")
    accepted = await stage.head("SALES").post(f"/v1/improvement-plans/{plan['id']}/acceptance")
    stage.ledger.check("the improvement plan is", accepted["state"], "accepted")


async def _archived(stage: Stage) -> None:
    """Find the result in the person's portrait, after the three years before."""
    employee_id, known = stage.employee_ids["SALES-seller-1"], len(HISTORY_YEARS) + 1
    portrait = await stage.until(
        "the archive keeps the result",
        lambda: stage.hr.get(f"/v1/employees/{employee_id}/portrait"),
        lambda found: len(found["performance"]) == known,
    )
    stage.ledger.check("half-years of performance in the portrait", len(portrait["performance"]), known)
    newest = Decimal(portrait["performance"][0]["performance"]["total"])
    stage.ledger.check("the newest one's total", newest, Decimal("60.50"))
