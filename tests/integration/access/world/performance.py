"""Two published half-years, one in planning, one whose plans wait for a decision, two frozen ones, one not opened."""

from tests.factories.procedure import SALES
from tests.integration.access import chart
from tests.integration.access.world.connector import correct, observe_again, want
from tests.integration.access.world.realm import Hand

PERIODS = {
    "cycle": ("2020-01-01", "2020-07-01"),
    "answered_cycle": ("2020-07-01", "2021-01-01"),
    "planning_cycle": ("2021-01-01", "2021-07-01"),
    "deciding_cycle": ("2021-07-01", "2022-01-01"),
    "frozen_cycle": ("2022-01-01", "2022-07-01"),
    "calibrating_cycle": ("2022-07-01", "2023-01-01"),
    "planned_cycle": ("2023-01-01", "2023-07-01"),
}
ITEM = {"key": "sales", "name": "Sales", "metric": "sales", "weight": 10_000, "rule": {"kind": "ratio"}}
DOCUMENT = {"points_basis": "item", "items": [ITEM]}


async def assess(hand: Hand) -> None:
    await _rules(hand)
    await _published(hand, "cycle", "scorecard")
    await _published(hand, "answered_cycle", "answered_scorecard")
    await _follow_up(hand)
    planning = await _plan(hand, "planning_cycle", "plan", late_policy="blocked")
    deciding = await _plan(hand, "deciding_cycle", "submitted_plan")
    body = {"scheme_id": hand.realm.ids["scheme"]["company"], "version": 1}
    simulations = f"cycles/{deciding}/simulations"
    await hand.add("simulation", "company", "performance", simulations, body=body)
    await hand.add("operation", "company", "performance", simulations, body=body, prefer="respond-async")
    await _distribute(hand, deciding)
    await hand.send("performance", "POST", f"cycles/{await _cycle(hand, 'frozen_cycle')}/freeze")
    await _calibrate(hand)
    await hand.carrier.carry()
    await want(hand, "1000")
    await hand.carrier.carry()
    await _targets(hand, planning)
    await _submit(hand)
    await _settle_scheme(hand)
    await _revise(hand)
    await _planned(hand, "planned_cycle")
    await _remember_all(hand)


async def _distribute(hand: Hand, cycle: str) -> None:
    """Hold every department to a quota."""
    ids = hand.realm.ids
    quotas = [{"grade": "excellent", "kind": "max", "share": 2000}]
    ids["group"] |= ids["department"]
    groups = [
        {"name": name, "kind": "department", "department_id": department_id, "quotas": quotas}
        for name, department_id in ids["department"].items()
    ]
    await hand.send("performance", "PUT", f"cycles/{cycle}/distribution-policy", {"populations": groups})


async def _calibrate(hand: Hand) -> None:
    """Give everybody a grade, and decide another in a session of each department."""
    ids = hand.realm.ids
    cycle = await _cycle(hand, "calibrating_cycle")
    for target in await hand.listed("performance", f"cycles/{cycle}/targets?subject_kind=employee"):
        body = {"value": "50", "reason": "the same for everybody"}
        await hand.send("performance", "PUT", f"targets/{target['id']}/override", body)
    await observe_again(hand, "2022-09-05")
    await hand.carrier.carry()
    await hand.send("performance", "POST", f"cycles/{cycle}/freeze")
    for name, department_id in ids["department"].items():
        body = {"name": name, "department_id": department_id}
        path = f"cycles/{cycle}/calibration-sessions"
        await hand.add("calibration_session", name, "performance", path, body=body)
    cards = {row["employee_id"]: row["id"] for row in await hand.listed("performance", f"scorecards?cycle_id={cycle}")}
    for name, home in chart.HOMES.items():
        card = ids["frozen_scorecard"][name] = cards[ids["employee"][name]]
        session = ids["session_about"][name] = ids["calibration_session"][home]
        body = {"scorecard_id": card, "grade": "good", "reason": "as agreed"}
        path = f"calibration-sessions/{session}/adjustments"
        ids["adjustment"][name] = (await hand.send("performance", "POST", path, body))["adjustments"][-1]["id"]


async def _rules(hand: Hand) -> None:
    await hand.add("metric", "company", "performance", "metrics", body=SALES)
    scheme = await hand.add(
        "scheme", "company", "performance", "schemes", body={"name": "Everybody", "document": DOCUMENT}
    )
    path = f"schemes/{scheme}/versions/1/publication"
    await hand.send("performance", "POST", path, {"effect": "next_cycle"})
    await hand.send("performance", "POST", f"schemes/{scheme}/versions", {"document": DOCUMENT})


async def _settle_scheme(hand: Hand) -> None:
    """Publish another scheme, for cycles to come, of which there is no draft."""
    body = {"name": "Finance", "department_ids": [hand.realm.ids["department"]["finance"]], "document": DOCUMENT}
    scheme = await hand.add("settled_scheme", "company", "performance", "schemes", body=body)
    path = f"schemes/{scheme}/versions/1/publication"
    await hand.send("performance", "POST", path, {"effect": "next_cycle"})


async def _planned(hand: Hand, kind: str, **terms: str) -> str:
    starts_on, ends_on = PERIODS[kind]
    body = {"name": kind, "starts_on": starts_on, "ends_on": ends_on, "plan_due_on": starts_on, **terms}
    return await hand.add(kind, "company", "performance", "cycles", body=body)


async def _cycle(hand: Hand, kind: str, **terms: str) -> str:
    cycle = await _planned(hand, kind, **terms)
    await hand.send("performance", "POST", f"cycles/{cycle}/opening")
    return cycle


async def _published(hand: Hand, kind: str, card_kind: str) -> None:
    """Close a cycle; keep everybody's scorecard and report."""
    cycle = await _cycle(hand, kind)
    await hand.send("performance", "POST", f"cycles/{cycle}/freeze")
    await hand.send("performance", "POST", f"cycles/{cycle}/publication")
    names = {employee_id: name for name, employee_id in hand.realm.ids["employee"].items()}
    for kept, path in ((card_kind, "scorecards"), (card_kind.replace("scorecard", "report"), "reports")):
        for row in await hand.listed("performance", f"{path}?cycle_id={cycle}"):
            hand.realm.ids[kept][names[row["employee_id"]]] = row["id"]


async def _follow_up(hand: Hand) -> None:
    """Let everybody answer one result, and the general manager say something about everybody's but the own."""
    for name, card in hand.realm.ids["answered_scorecard"].items():
        answer = {"scorecard_id": card, "goals": [{"text": "call more"}]}
        await hand.add(
            "improvement_plan", name, "performance", "improvement-plans", body=answer, by=hand.realm.person(name)
        )
        if name != "chief":
            said = {"scorecard_id": card, "text": f"about {name}"}
            await hand.add("feedback", name, "performance", "feedback", body=said, by=hand.realm.person("chief"))


async def _revise(hand: Hand) -> None:
    """Correct, after publication, what everybody sold."""
    await correct(hand)
    await hand.carrier.carry()
    names = {employee_id: name for name, employee_id in hand.realm.ids["employee"].items()}
    for revision in await hand.listed("performance", "revisions"):
        hand.realm.ids["revision"][names[revision["employee_id"]]] = revision["id"]


async def _plan(hand: Hand, kind: str, plan_kind: str, **terms: str) -> str:
    """Open a cycle; keep its plans by department."""
    cycle = await _cycle(hand, kind, **terms)
    names = {department_id: name for name, department_id in hand.realm.ids["department"].items()}
    for plan in await hand.listed("performance", f"cycles/{cycle}/plans"):
        hand.realm.ids[plan_kind][names[plan["department_id"]]] = plan["id"]
    return cycle


async def _targets(hand: Hand, cycle: str) -> None:
    """Keep the targets of a cycle, each set by hand to what it is."""
    ids = hand.realm.ids
    names = {identifier: name for kind in ("employee", "department") for name, identifier in ids[kind].items()}
    for target in await hand.listed("performance", f"cycles/{cycle}/targets"):
        ids["target"][names.get(target["subject_id"], "company")] = target["id"]
        by_hand = {"value": target["value"] or "1", "reason": "as it is"}
        await hand.send("performance", "PUT", f"targets/{target['id']}/override", by_hand)


async def _submit(hand: Hand) -> None:
    for department, plan in hand.realm.ids["submitted_plan"].items():
        head = min(chart.heads_of(department) - {"acting"})
        await hand.send("performance", "POST", f"plans/{plan}/submission", by=hand.realm.person(head))


async def _remember_all(hand: Hand) -> None:
    ids = hand.realm.ids
    names = {employee_id: name for name, employee_id in ids["employee"].items()}
    for kind, path in (("any_scorecard", "scorecards"), ("any_report", "reports")):
        rows = await hand.listed("performance", path)
        ids[kind] |= {f"{names[row['employee_id']]}/{row['cycle_id']}": row["id"] for row in rows}
    ids["score_run"]["company"] = (await hand.listed("performance", "score-runs"))[0]["id"]
    for kind, path in (("any_cycle", "cycles"), ("any_scheme", "schemes")):
        ids[kind] |= {f"company/{row['id']}": row["id"] for row in await hand.listed("performance", path)}
