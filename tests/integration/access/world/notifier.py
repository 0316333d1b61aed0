"""A webhook that was tried, a rule for reminding, and everybody's inbox."""

from tests.integration.access import chart
from tests.integration.access.world.realm import Hand


async def subscribe(hand: Hand) -> None:
    ids = hand.realm.ids
    body = {"url": "https://hr.example.com/hook", "event_types": ["score.changed.v1"]}
    webhook = await hand.add("webhook", "company", "notifier", "webhooks", body=body)
    await hand.add("delivery", "company", "notifier", f"webhooks/{webhook}/test")
    rule = {"task": "plan.submit", "days_before_or_after": [-1]}
    await hand.add("reminder_rule", "company", "notifier", "reminder-rules", body=rule)
    for name in chart.HOMES:
        inbox = await hand.listed("notifier", "notifications", by=hand.realm.person(name))
        ids["notification"][name] = inbox[0]["id"]
        ids["any_notification"] |= {f"{name}/{row['id']}": row["id"] for row in inbox}
    await _follow(hand)


async def _follow(hand: Hand) -> None:
    """Name every change that the feed has told by whom or what it is about, and of what kind it is."""
    ids = hand.realm.ids
    people = {identifier: name for name, identifier in ids["employee"].items()}
    departments = {identifier: name for name, identifier in ids["department"].items()}
    for row in await hand.listed("notifier", "changes"):
        about = people.get(row["employee_id"]) or departments.get(row["department_id"], "company")
        ids["change"][f"{about}/{row['resource']}/{row['id']}"] = row["id"]
