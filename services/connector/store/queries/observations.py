"""Observations within the caller's reach: those that credit somebody in it, with these credits alone."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, any_, cast, func, null, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.connector.store.reach import about_within
from services.connector.store.tables import connections, observation_credits, observation_history, observations
from shared.core.access import Reach
from shared.core.paging import Page, PageRequest, Row
from shared.kit import queries

_UNSEEN = {
    "tenant_id",
    "payload",
    "credit_date_stated",
    *("reference_kind", "reference", "subject_kind", "subject_id", "problem"),
}
_of_observation = and_(
    observation_credits.c.tenant_id == observations.c.tenant_id,
    observation_credits.c.observation_id == observations.c.id,
)
_of_connection = and_(
    connections.c.tenant_id == observations.c.tenant_id, connections.c.id == observations.c.connection_id
)


class ObservationQueries(queries.Queries):
    async def observations(
        self,
        page: PageRequest,
        reach: Reach,
        *,
        source: str | None,
        measure: str | None,
        employee_id: UUID | None,
        status: str | None,
    ) -> Page:
        visible = about_within(observation_credits, reach, today=await self.today())
        statement = _credited(reach, visible).where(
            *([connections.c.key == source] if source is not None else []),
            *([observations.c.measure == measure] if measure is not None else []),
            *([observations.c.status == status] if status is not None else []),
            *([_credits_employee(employee_id, visible)] if employee_id is not None else []),
        )
        return await self.page(statement, page, by=[observations.c.id], updated=observations.c.updated_at)

    async def observation(self, observation_id: UUID, reach: Reach) -> Row:
        visible = about_within(observation_credits, reach, today=await self.today())
        payload = observations.c.payload if reach.everything else null().label("payload")
        statement = _credited(reach, visible).add_columns(payload, _history(reach))
        return await self.one(statement.where(observations.c.id == observation_id), noun="observation")

    async def quarantine(self, page: PageRequest) -> Page:
        statement = _observations(true()).where(observations.c.status == "quarantined")
        return await self.page(statement, page, by=[observations.c.id], updated=observations.c.updated_at)

    async def quarantine_summary(self) -> Row:
        waiting = (func.count().label("waiting"), func.min(observations.c.received_at).label("oldest_at"))
        return await self.one(select(*waiting).where(observations.c.status == "quarantined"), noun="summary")


def _credited(reach: Reach, visible: ColumnElement[bool]) -> Select[Any]:
    """Select what credits somebody within reach, with these credits alone: what colleagues got is theirs to see."""
    if reach.everything:
        return _observations(visible)
    return _observations(visible).where(select(true()).where(_of_observation, visible).correlate(observations).exists())


def _credits_employee(employee_id: UUID, visible: ColumnElement[bool]) -> ColumnElement[bool]:
    about = and_(observation_credits.c.subject_kind == "employee", observation_credits.c.subject_id == employee_id)
    credited = select(observation_credits.c.observation_id).where(about, visible)
    return observations.c.id == any_(func.array(credited.scalar_subquery()))  # found first, by index


def _observations(visible: ColumnElement[bool]) -> Select[Any]:
    own = [column for column in observations.columns if column.name not in _UNSEEN]
    return select(*own, connections.c.key.label("source"), _credits(visible)).join(connections, _of_connection)


def _credits(visible: ColumnElement[bool]) -> Any:  # noqa: ANN401 -- a labelled scalar subquery
    credit = observation_credits.c
    built = func.jsonb_build_object(
        *("reference_kind", credit.reference_kind, "reference", credit.reference),
        *("share", cast(credit.fraction, Text), "value", cast(credit.value, Text)),
        *("subject_kind", credit.subject_kind, "subject_id", credit.subject_id, "problem", credit.problem),
    )
    listed = _listed(built, credit.position).where(_of_observation, visible).correlate(observations)
    return listed.scalar_subquery().label("credits")


def _history(reach: Reach) -> Any:  # noqa: ANN401 -- a labelled scalar subquery
    """List former states; a message as it was sent may name anybody, so only who reaches everybody reads it."""
    past = observation_history.c
    built = func.jsonb_build_object(
        *("decision", past.decision, "revision", past.revision, "status", past.status),
        *("payload", past.payload if reach.everything else null(), "decided_at", past.decided_at),
    )
    mine = and_(past.tenant_id == observations.c.tenant_id, past.observation_id == observations.c.id)
    return _listed(built, past.decision).where(mine).scalar_subquery().label("history")


def _listed(built: Any, order: Any) -> Any:  # noqa: ANN401 -- SQL expressions in, a select out
    return select(func.coalesce(func.jsonb_agg(aggregate_order_by(built, order)), func.jsonb_build_array()))
