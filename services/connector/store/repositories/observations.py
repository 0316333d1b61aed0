"""Observations with their credits and history, written by array: one statement takes a whole batch."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

from services.connector.domain.completeness import Total, Totals
from services.connector.domain.identity import Reference
from services.connector.domain.observation import Change, Observation
from services.connector.domain.statement import Credit
from services.connector.store.repositories import observation_sql as sql
from services.connector.store.repositories.observation_rows import (
    history_row,
    new_row,
    observation_row,
    part_rows,
    to_observation,
    to_part,
)
from shared.core.errors import NotFound
from shared.core.periods import Period
from shared.kit.db import Transaction


class ObservationRepository:
    """Always loads and locks in the order of connection and remote id, so that no two writers deadlock."""

    def __init__(self, tx: Transaction, tenant_id: UUID) -> None:
        self._tx = tx
        self._tenant_id = tenant_id

    async def add(self, observations: Sequence[Observation]) -> set[str]:
        if not observations:
            return set()
        shared = observations[0]
        columns = _columns(map(new_row, observations))
        ((some,),) = await self._fetch(sql.ADD, shared.connection_id, shared.received_at, *columns)
        added = {each.remote_id for each in observations} if some is None else set(some)
        await self._add_parts(each for each in observations if each.remote_id in added)
        return added

    async def get(self, observation_id: UUID) -> Observation:
        found = await self._load(sql.BY_ID, observation_id)
        if not found:
            raise NotFound.of("observation")
        return found[0]

    async def of_records(self, connection_id: UUID, remote_ids: Sequence[str]) -> Sequence[Observation]:
        return await self._load(sql.BY_REMOTE_ID, connection_id, remote_ids) if remote_ids else ()

    async def save(self, changes: Sequence[Change]) -> None:
        if not changes:
            return
        after = [change.after for change in changes]
        past = chain.from_iterable(change.past for change in changes)
        await self._execute(sql.SAVE, *_columns(map(observation_row, after)))
        if split := [change.after.id for change in changes if any(map(_is_split, (change.after, *change.past)))]:
            await self._execute(sql.DROP_PARTS, split)
        await self._add_parts(after)
        await self._execute(sql.KEEP_HISTORY, *_columns(map(history_row, past)))

    async def revisions_under(self, connection_id: UUID, prefixes: Sequence[str]) -> Mapping[str, int]:
        beyond = [prefix[:-1] + chr(ord(prefix[-1]) + 1) for prefix in prefixes]
        rows = await self._fetch(sql.UNDER, connection_id, prefixes, beyond)
        return {row["remote_id"]: row["revision"] for row in rows}

    async def naming(
        self,
        references: Collection[Reference],
        *,
        connection_id: UUID | None,
        resolved: bool,
        after: Observation | None,
        limit: int,
    ) -> Sequence[Observation]:
        kinds, values = [each.kind for each in references], [each.value for each in references]
        place = (after.connection_id, after.remote_id) if after else (UUID(int=0), "")
        statuses = ("quarantined", "counted") if resolved else ("quarantined",)
        return await self._load(sql.NAMING, kinds, values, connection_id, resolved, statuses, *place, limit)

    async def totals(self, connection_id: UUID, measure: str, period: Period) -> Totals:
        rows = await self._fetch(sql.TOTALS, connection_id, measure, period.starts_on, period.ends_on)
        return Totals(**{row["status"]: Total(row["count"], row["sum"]) for row in rows})

    async def _load(self, statement: str, *arguments: object) -> list[Observation]:
        rows = await self._fetch(statement, *arguments)
        parts = await self._parts([row["id"] for row in rows if row["reference_kind"] is None])
        return [to_observation(row, parts.get(row["id"], ())) for row in rows]

    async def _parts(self, observation_ids: Sequence[UUID]) -> Mapping[UUID, list[Credit]]:
        found: dict[UUID, list[Credit]] = defaultdict(list)
        for row in await self._fetch(sql.PARTS, observation_ids) if observation_ids else ():
            found[row["observation_id"]].append(to_part(row))
        return found

    async def _add_parts(self, observations: Iterable[Observation]) -> None:
        if rows := [row for observation in observations for row in part_rows(observation)]:
            await self._execute(sql.ADD_PARTS, *_columns(rows))

    async def _fetch(self, statement: str, *arguments: object) -> list[Any]:
        rows: list[Any] = await (await self._tx.driver()).fetch(statement, self._tenant_id, *arguments)
        return rows

    async def _execute(self, statement: str, *arguments: object) -> None:
        await (await self._tx.driver()).execute(statement, self._tenant_id, *arguments)


def _is_split(observation: Observation) -> bool:
    return observation.facts is not None and observation.facts.is_split


def _columns(rows: Iterable[Sequence[object]]) -> Iterable[list[object]]:
    return map(list, zip(*rows, strict=True))
