"""Business targets: one row each, the aim laid flat."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.connector.domain.business_target import Aim, BusinessTarget
from services.connector.domain.identity import Subject
from services.connector.store.tables import business_targets
from shared.core.paging import Row
from shared.core.periods import Period
from shared.kit.repository import Repository

_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:connection_id || '/' || :remote_id, 0))")


class BusinessTargetRepository(Repository[BusinessTarget]):
    table = business_targets
    entity = BusinessTarget
    noun = "business target"

    async def hold(self, connection_id: UUID, remote_id: str) -> None:
        await self.tx.execute(_HOLD, {"connection_id": str(connection_id), "remote_id": remote_id})

    def to_row(self, entity: BusinessTarget) -> dict[str, Any]:
        row = asdict(entity)
        aim = row.pop("aim")
        subject, period = aim.pop("subject"), aim.pop("period")
        return {**row, **aim, **period, "subject_kind": subject["kind"], "subject_id": subject["id"]}

    def to_entity(self, row: Row) -> BusinessTarget:
        subject = Subject(row["subject_kind"], row["subject_id"])
        period = Period(row["starts_on"], row["ends_on"])
        aim = Aim(row["metric"], subject, period, row["value"], row["currency"])
        return super().to_entity({**row, "aim": aim})
