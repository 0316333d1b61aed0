"""Who changes department, comes or leaves within the half-year, and how that shows in the scores."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial

from deploy.demo.arithmetic import Arithmetic
from deploy.demo.business import crm, finance, telephone
from deploy.demo.chapters.founding import hire
from deploy.demo.client import Json
from deploy.demo.company import DEPARTMENTS, POSITIONS
from deploy.demo.staff import ARRIVALS, LEAVERS, MOVES, SPLITS, STORY_MOVER, TARGETS
from deploy.demo.stage import Stage

NAMES = {plan.code: plan.name for plan in DEPARTMENTS}


async def file_changes(stage: Stage) -> None:
    """Let HR file transfers, departures and hires, past and future, and set targets for who has no history."""
    for key, move in MOVES.items():
        await _employ(stage, key, move.department, move.position, move.on)
    await _splits(stage)
    for key, left_on in LEAVERS.items():
        path = f"/v1/employees/{stage.employee_ids[key]}/departure"
        await stage.admin.post(path, {"left_on": left_on.isoformat()})
    for person in stage.company.arrivals:
        await hire(stage, person)
    stage.tell(
        f"HR files {len(MOVES)} transfers, {len(SPLITS)} second position, {len(LEAVERS)} departures and "
        f"{len(ARRIVALS)} hires"
    )
    await _targets(stage)


async def _splits(stage: Stage) -> None:
    """Let people give a part of their time to a second position."""
    for key, split in SPLITS.items():
        first = stage.company.by_key[key]
        await _employ(stage, key, first.department, first.position, split.on, fte=str(1 - split.part))
        await _employ(stage, key, split.department, split.position, split.on, fte=str(split.part), concurrent=True)


async def _employ(stage: Stage, key: str, department: str, position: str, on: date, **terms: str | bool) -> None:
    employment = {
        "department_id": stage.department_ids[department],
        "position_id": stage.position_ids[position],
        "manager_id": stage.employee_ids[stage.company.heads[department].key],
        "starts_on": on.isoformat(),
        **terms,
    }
    await stage.admin.post(f"/v1/employees/{stage.employee_ids[key]}/employments", employment)


async def _targets(stage: Stage) -> None:
    path = f"/v1/cycles/{stage.cycle_id}/targets"
    for (key, metric), value in TARGETS.items():
        asked = {"metric": metric, "subject_kind": "employee", "subject_id": stage.employee_ids[key]}
        found = await stage.until("the cycle follows", partial(stage.hr.all, path, **asked), bool)
        body = {"value": value, "reason": "本岗位无历史数据"}
        await stage.hr.put(f"/v1/targets/{found[0]['id']}/override", body)


async def tell(stage: Stage) -> None:
    """Show segments of who moved and of who has two positions; then hold every score against the demo's arithmetic."""
    for key in (STORY_MOVER, *SPLITS):
        await _segments(stage, key)
    arithmetic = Arithmetic(
        stage.company, [crm(stage.company), telephone(stage.company), finance(stage.company)], await _all_targets(stage)
    )
    cards = {card["employee_id"]: (card["total"], card["grade"]) for card in await stage.scorecards()}
    expected = {person.key: arithmetic.score(person).verdict for person in stage.company.everybody}
    found = {key: cards[stage.employee_ids[key]] for key in expected}
    for key in (*MOVES, *SPLITS, *LEAVERS, *ARRIVALS):
        stage.ledger.check(f"{stage.company.by_key[key].name}, {_fate(key)}", found[key], expected[key])
    off = [key for key, verdict in expected.items() if found[key] != verdict]
    stage.ledger.check(f"of {len(found)} scores, off by the demo's own arithmetic", len(off), 0)


def _fate(key: str) -> str:
    if key in MOVES:
        return f"in {MOVES[key].department} from {MOVES[key].on}"
    if key in SPLITS:
        return f"in {SPLITS[key].department}, too, from {SPLITS[key].on}"
    return f"left on {LEAVERS[key]}" if key in LEAVERS else f"joined on {ARRIVALS[key].joined_on}"


async def _segments(stage: Stage, key: str) -> None:
    """Print somebody's segments, a line each."""
    (card,) = await stage.scorecards(employee_id=stage.employee_ids[key])
    explanation = await stage.hr.get(f"/v1/scorecards/{card['id']}/explanation")
    name = stage.company.by_key[key].name
    departments = {identity: code for code, identity in stage.department_ids.items()}
    positions = {identity: code for code, identity in stage.position_ids.items()}
    for segment, explained in zip(card["segments"], explanation["score"]["segments"], strict=True):
        where = f"{NAMES[departments[segment['department_id']]]}{POSITIONS[positions[segment['position_id']]]}"
        when = f"{segment['starts_on']} 起 {segment['workdays']} 个工作日{_part(segment)}"
        items = "，".join(map(_line, explained["items"]))
        stage.tell(f"{name}，{where}，{when}：{items}；合计 {_short(explained['sum'])} 分")
    stage.tell(f"by workdays that is {card['total']}, {card['grade']}")


def _part(segment: Json) -> str:
    return "" if segment["allocation"] == "1" else f"的 {Fraction(segment['allocation']) * 100} %"


def _line(item: Json) -> str:
    return f"{item['name']} {Decimal(item['actual']):,.0f} 得 {_short(item['points'])}"


def _short(number: str) -> str:
    return f"{float(Fraction(number)):.2f}"


async def _all_targets(stage: Stage) -> dict[tuple[str, str], Fraction]:
    rows: list[Json] = await stage.hr.all(f"/v1/cycles/{stage.cycle_id}/targets", subject_kind="employee")
    keys = {identity: key for key, identity in stage.employee_ids.items()}
    return {
        (keys[row["subject_id"]], row["metric"]): Fraction(row["value"]) for row in rows if row["value"] is not None
    }
