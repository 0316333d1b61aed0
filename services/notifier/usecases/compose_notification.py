"""Write a notification in the tenant's language."""

from decimal import Decimal
from uuid import UUID

from services.notifier.domain.notification import Notification
from services.notifier.domain.templates import ABSENT, GRADES, TEMPLATES, Words
from services.notifier.usecases.ports import UnitOfWork
from shared.core.decimals import round_half_up

_TOTAL_PLACES = 2


def compose_notification(
    uow: UnitOfWork, employee_id: UUID, kind: str, *, about: str, key: str, link: str | None = None, **facts: object
) -> Notification:
    """Fill in the template of `kind`; `key` says what makes the same news the same."""
    title, body = TEMPLATES[kind].written(uow.locale, facts)
    now = uow.now()
    return Notification(
        id=uow.new_id(),
        employee_id=employee_id,
        kind=kind,
        title=title,
        body=body,
        about=about,
        link=link or f"/v1/{about}",
        dedupe_key=key,
        created_at=now,
        updated_at=now,
    )


def shown_total(total: Decimal | None) -> str:
    """Write a total with its two places."""
    return ABSENT if total is None else str(round_half_up(total, _TOTAL_PLACES))


def shown_grade(grade: str | None) -> Words | str:
    """Name a grade in both languages where it is of the default scale, else by its key."""
    return ABSENT if grade is None else GRADES.get(grade, grade)
