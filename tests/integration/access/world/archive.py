"""The organisation, and a file with every kind of delicate thing in it for everybody."""

from tests.integration.access import chart
from tests.integration.access.world.realm import Hand

RECORDS = ("training", "discipline", "feedback")


async def found(hand: Hand) -> None:
    await hand.add("position", "company", "archive", "positions", body={"code": "staff", "name": "Staff"})
    for name, parent in chart.PARENTS.items():
        above = hand.realm.ids["department"][parent] if parent else None
        body = {"code": name, "name": name.title(), "parent_id": above}
        await hand.add("department", name, "archive", "departments", body=body)
    for name, department in chart.HOMES.items():
        await _hire(hand, name, department)
    for department in chart.PARENTS:
        heads = [_headship(hand, each) for each in chart.HEADSHIPS if each.department == department]
        path = f"departments/{hand.realm.ids['department'][department]}/heads"
        await hand.send("archive", "PUT", path, {"heads": heads})


async def _hire(hand: Hand, name: str, department: str) -> None:
    ids = hand.realm.ids
    employment = {"department_id": ids["department"][department], "position_id": ids["position"]["company"]}
    body = {"work_number": name, "name": name, "joined_on": str(chart.JOINED), "employment": employment}
    employee = await hand.send("archive", "POST", "employees", body)
    ids["employee"][name] = employee["id"]
    ids["employment"][name] = employee["employments"][0]["id"]
    path = f"employees/{employee['id']}"
    leave = {"kind": "sick", "starts_on": "2020-05-01", "ends_on": "2020-05-04"}
    await hand.add("leave", name, "archive", f"{path}/leaves", body=leave)
    for kind in RECORDS:
        record = {"kind": kind, "occurred_on": "2020-05-01", "title": kind, "note": f"about {name}"}
        await hand.add(f"{kind}_record", name, "archive", f"{path}/records", body=record)


def _headship(hand: Hand, each: chart.Headship) -> dict[str, str | None]:
    return {
        "employee_id": hand.realm.ids["employee"][each.person],
        "kind": each.kind,
        "starts_on": str(each.starts_on),
        "ends_on": str(each.ends_on) if each.ends_on else None,
    }
