"""Say on which days a task reminds."""

from collections.abc import Sequence

from services.notifier.domain.reminder import ReminderRule
from services.notifier.usecases.ports import Work


async def create_reminder_rule(work: Work, *, task: str, days: Sequence[int], enabled: bool) -> ReminderRule:
    """Raise Conflict (`already_exists`) where the task has a rule."""
    async with work() as uow:
        now = uow.now()
        rule = ReminderRule(
            id=uow.new_id(),
            task=task,
            days_before_or_after=tuple(days),
            enabled=enabled,
            sequence=1,
            created_at=now,
            updated_at=now,
        )
        await uow.reminder_rules.add(rule)
        await uow.commit()
    return rule
