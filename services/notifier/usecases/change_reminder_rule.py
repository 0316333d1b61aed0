"""Change the days on which a task reminds, or silence it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.notifier.domain.reminder import ReminderRule
from services.notifier.usecases.ports import Work
from shared.core.versions import require_version


async def change_reminder_rule(
    work: Work, rule_id: UUID, changes: Mapping[str, Any], *, expected: int | None
) -> ReminderRule:
    """Apply a merge patch. Raises NotFound, PreconditionFailed."""
    async with work() as uow:
        rule = await uow.reminder_rules.get(rule_id)
        require_version(rule.sequence, expected)
        changed = rule.changed(changes, at=uow.now())
        await uow.reminder_rules.save(changed)
        await uow.commit()
    return changed
