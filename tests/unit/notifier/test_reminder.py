"""On which days a task reminds."""

from datetime import date, timedelta

import pytest

from services.notifier.domain.reminder import ReminderRule, reminds
from tests.factories.notifier import NOON, make_plan_changed

DUE = date(2026, 1, 10)


def rule(*days: int, enabled: bool = True) -> ReminderRule:
    plan_id = make_plan_changed().plan_id
    return ReminderRule(plan_id, "plan.submit", days, enabled=enabled, sequence=1, created_at=NOON, updated_at=NOON)


@pytest.mark.parametrize(("days_late", "expected"), [(-4, False), (-3, True), (-1, False), (0, True), (2, True)])
def test_a_rule_names_days_around_the_due_day(days_late: int, *, expected: bool) -> None:
    assert reminds(rule(-3, 0, 2), DUE + timedelta(days=days_late), due_on=DUE) is expected


def test_without_a_rule_every_day_reminds_and_a_disabled_rule_silences() -> None:
    assert reminds(None, DUE, due_on=DUE)
    assert not reminds(rule(0, enabled=False), DUE, due_on=DUE)
