"""Observations within the caller's reach: those that credit somebody in it."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, exists, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.connector.store.tables import (
    connections,
    observation_credits,
    observation_history,
    observations,
    org,
)
from shared.core.access import Reach
from shared.core.paging import Page, PageRequest, Row
from shared.kit import queries
from shared.kit.org.reach import ReachCompiler, current

_reach = ReachCompiler(org.departments, org.headships)
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
        statement = (await self._within(reach)).where(
            *([connections.c.key == source] if source is not None else []),
            *([observations.c.measure == measure] if measure is not None else []),
            *([observations.c.status == status] if status is not None else []),
            *([_credits_employee(employee_id)] if employee_id is not None else []),
        )
        return await self.page(statement, page, by=[observations.c.id], updated=observations.c.updated_at)

    async def observation(self, observation_id: UUID, reach: Reach) -> Row:
        statement = (await self._within(reach)).add_columns(observations.c.payload, _history())
        return await self.one(statement.where(observations.c.id == observation_id), noun="observation")

    async def quarantine(self, page: PageRequest) -> Page:
        statement = _observations().where(observations.c.status == "quarantined")
        return await self.page(statement, page, by=[observations.c.id], updated=observations.c.updated_at)

    async def _within(self, reach: Reach) -> Select[Any]:
        """Select what credits the caller, or somebody (or something) in a department within reach today."""
        if reach.everything:
            return _observations()
        today = await self.today()
        spells = org.employments
        employed = and_(spells.c.employee_id == observation_credits.c.subject_id, current(spells, today))
        itself = case((observation_credits.c.subject_kind == "department", observation_credits.c.subject_id))
        credited = (
            select(true())
            .select_from(observation_credits.outerjoin(spells, employed))
            .where(
                _of_observation,
                _reach.predicate(
                    reach,
                    today=today,
                    department=func.coalesce(spells.c.department_id, itself),
                    employee=observation_credits.c.subject_id,
                ),
            )
        )
        return _observations().where(exists(credited))


def _credits_employee(employee_id: UUID) -> ColumnElement[bool]:
    about = and_(observation_credits.c.subject_kind == "employee", observation_credits.c.subject_id == employee_id)
    return observations.c.id.in_(select(observation_credits.c.observation_id).where(about))


def _observations() -> Select[Any]:
    own = [column for column in observations.columns if column.name not in _UNSEEN]
    return select(*own, connections.c.key.label("source"), _credits()).join(connections, _of_connection)


def _credits() -> Any:  # noqa: ANN401 -- a labelled scalar subquery
    credit = observation_credits.c
    built = func.jsonb_build_object(
        *("reference_kind", credit.reference_kind, "reference", credit.reference),
        *("share", cast(credit.fraction, Text), "value", cast(credit.value, Text)),
        *("subject_kind", credit.subject_kind, "subject_id", credit.subject_id, "problem", credit.problem),
    )
    return _listed(built, credit.position).where(_of_observation).scalar_subquery().label("credits")


def _history() -> Any:  # noqa: ANN401 -- a labelled scalar subquery
    past = observation_history.c
    built = func.jsonb_build_object(
        *("decision", past.decision, "revision", past.revision, "status", past.status),
        *("payload", past.payload, "decided_at", past.decided_at),
    )
    mine = and_(past.tenant_id == observations.c.tenant_id, past.observation_id == observations.c.id)
    return _listed(built, past.decision).where(mine).scalar_subquery().label("history")


def _listed(built: Any, order: Any) -> Any:  # noqa: ANN401 -- SQL expressions in, a select out
    return select(func.coalesce(func.jsonb_agg(aggregate_order_by(built, order)), func.jsonb_build_array()))
