"""What the notifier's routes read: a tenant's webhooks and rules, a person's own inbox."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from services.notifier.store.feed import FeedQueries
from services.notifier.store.tables.inbox import notifications, reminder_rules
from services.notifier.store.tables.webhooks import attempts, deliveries, endpoints
from shared.core.paging import Page, PageRequest, Row

_SHOWN_ATTEMPT = ("number", "started_at", "milliseconds", "status", "response", "error")


class Queries(FeedQueries):
    async def webhooks(self, page: PageRequest) -> Page:
        return await self.page(select(endpoints), page, by=[endpoints.c.id], updated=endpoints.c.updated_at)

    async def webhook(self, webhook_id: UUID) -> Row:
        return await self.one(select(endpoints).where(endpoints.c.id == webhook_id), noun="webhook")

    async def deliveries(self, webhook_id: UUID, page: PageRequest, *, state: str | None) -> Page:
        await self.webhook(webhook_id)
        statement = self._deliveries(webhook_id)
        if state is not None:
            statement = statement.where(deliveries.c.state == state)
        return await self.page(
            statement, page, by=[deliveries.c.id], updated=deliveries.c.updated_at, newest_first=True
        )

    async def delivery(self, webhook_id: UUID, delivery_id: UUID) -> Row:
        statement = self._deliveries(webhook_id).where(deliveries.c.id == delivery_id)
        return await self.one(statement, noun="delivery")

    async def notifications(self, employee_id: UUID, page: PageRequest, *, unread: bool | None) -> Page:
        statement = select(notifications).where(notifications.c.employee_id == employee_id)
        if unread is not None:
            statement = statement.where(
                notifications.c.read_at.is_(None) if unread else notifications.c.read_at.is_not(None)
            )
        return await self.page(
            statement, page, by=[notifications.c.id], updated=notifications.c.updated_at, newest_first=True
        )

    async def reminder_rules(self, page: PageRequest) -> Page:
        table = reminder_rules
        return await self.page(select(table), page, by=[table.c.id], updated=table.c.updated_at)

    def _deliveries(self, webhook_id: UUID) -> Select[Any]:
        """Select from the queue, which row-level security does not guard: the tenant is named here."""
        return select(*(column for column in deliveries.c if column.key != "attempts"), _attempts_of_delivery()).where(
            deliveries.c.tenant_id == self.tenant_id, deliveries.c.endpoint_id == webhook_id
        )


def _attempts_of_delivery() -> Any:  # noqa: ANN401 -- a labelled scalar subquery
    pairs = [part for name in _SHOWN_ATTEMPT for part in (name, attempts.c[name])]
    shown = func.jsonb_agg(func.jsonb_build_object(*pairs).op("ORDER BY")(attempts.c.number))
    made = select(func.coalesce(shown, func.jsonb_build_array()))
    return made.where(attempts.c.delivery_id == deliveries.c.id).scalar_subquery().label("attempts")
