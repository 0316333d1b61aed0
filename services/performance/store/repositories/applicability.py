"""Items that do not apply to somebody."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from services.performance.domain.scoring.applicability import Applicability
from services.performance.store.tables.applicability import applicabilities
from shared.kit.repository import Repository

_INAPPLICABLE = select(applicabilities.c.scorecard_id, applicabilities.c.item).where(
    ~applicabilities.c.applicable,
    applicabilities.c.scorecard_id == any_(bindparam("scorecard_ids", type_=ARRAY(PG_UUID))),
)


class ApplicabilityRepository(Repository[Applicability]):
    table = applicabilities
    entity = Applicability
    noun = "applicability"

    async def inapplicable(self, scorecard_ids: Collection[UUID]) -> Mapping[UUID, Collection[str]]:
        found: dict[UUID, set[str]] = defaultdict(set)
        for row in await self.tx.execute(_INAPPLICABLE, {"scorecard_ids": list(scorecard_ids)}):
            found[row.scorecard_id].add(row.item)
        return found
