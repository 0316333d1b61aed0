"""Metrics, schemes and scheme versions, whose documents are kept as JSON."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, text

from services.performance.domain.catalogue import DefinedMetric, DefinedScheme, SchemeVersion
from services.performance.domain.schemes.metric import Metric
from services.performance.domain.schemes.scheme import COUNTING_PARTS
from services.performance.store.tables.procedure import metrics, scheme_versions, schemes
from shared.core.errors import NotFound
from shared.core.paging import Page, PageRequest, Row
from shared.kit.queries import fetch_page
from shared.kit.repository import Repository

_METRICS = select(metrics.c.document)
_HELD_STEADY = _METRICS.order_by(metrics.c.id).with_for_update(read=True)
_ALONE = text("SELECT pg_advisory_xact_lock(32, hashtext(current_setting('app.tenant')))")


class MetricRepository(Repository[DefinedMetric]):
    table = metrics
    entity = DefinedMetric
    noun = "metric"

    def to_row(self, entity: DefinedMetric) -> dict[str, Any]:
        stamps = {"sequence": entity.sequence, "created_at": entity.created_at, "updated_at": entity.updated_at}
        return {"id": entity.id, "key": entity.metric.key, "document": entity.metric.to_document(), **stamps}

    def to_entity(self, row: Row) -> DefinedMetric:
        metric = Metric.from_document(row["document"])
        return DefinedMetric(row["id"], metric, row["sequence"], row["created_at"], row["updated_at"])

    async def by_key(self, *, steady: bool = False) -> Mapping[str, Metric]:
        """Read all metrics; those held `steady` are not redefined until the unit ends."""
        documents = (await self.tx.execute(_HELD_STEADY if steady else _METRICS)).scalars()
        return {metric.key: metric for metric in map(Metric.from_document, documents)}

    async def key_of(self, metric_id: UUID) -> str:
        statement = select(metrics.c.key).where(metrics.c.id == metric_id)
        key: str | None = (await self.tx.execute(statement)).scalar_one_or_none()
        if key is None:
            raise NotFound.of(self.noun)
        return key

    async def in_use(self, key: str) -> bool:
        published = scheme_versions.c.published_at.is_not(None)
        statement = select(func.count()).select_from(scheme_versions).where(_names(key), published)
        return bool((await self.tx.execute(statement)).scalar_one())


class SchemeRepository(Repository[DefinedScheme]):
    table = schemes
    entity = DefinedScheme
    noun = "scheme"

    async def by_id(self, *, alone: bool = False) -> Mapping[UUID, DefinedScheme]:
        if alone:
            await self.tx.execute(_ALONE)
        rows = (await self.tx.execute(select(schemes).order_by(schemes.c.id))).mappings()
        return {row["id"]: self.to_entity(dict(row)) for row in rows}

    def to_row(self, entity: DefinedScheme) -> dict[str, Any]:
        ids = {"department_ids": list(entity.department_ids), "position_ids": list(entity.position_ids)}
        return {**super().to_row(entity), **ids}

    def to_entity(self, row: Row) -> DefinedScheme:
        ids = {"department_ids": tuple(row["department_ids"]), "position_ids": tuple(row["position_ids"])}
        return super().to_entity({**row, **ids})


class SchemeVersionRepository(Repository[SchemeVersion]):
    table = scheme_versions
    entity = SchemeVersion
    noun = "scheme version"

    async def of(self, scheme_id: UUID, number: int) -> SchemeVersion:
        found = await self.find(scheme_id=scheme_id, number=number)
        if found is None:
            raise NotFound.of(self.noun)
        return found

    async def newest(self, scheme_id: UUID) -> int:
        statement = select(func.max(scheme_versions.c.number)).where(scheme_versions.c.scheme_id == scheme_id)
        return (await self.tx.execute(statement)).scalar_one_or_none() or 0

    async def current(self, scheme_id: UUID) -> SchemeVersion | None:
        """Give the published version with the highest number."""
        published = [each for each in await self.all(scheme_id=scheme_id) if each.published_at is not None]
        return published[-1] if published else None

    async def published(self) -> Mapping[UUID, Sequence[SchemeVersion]]:
        table = scheme_versions
        statement = select(table).where(table.c.published_at.is_not(None)).order_by(table.c.scheme_id, table.c.number)
        found: dict[UUID, list[SchemeVersion]] = defaultdict(list)
        for row in (await self.tx.execute(statement)).mappings():
            found[row["scheme_id"]].append(self.to_entity(dict(row)))
        return found

    async def current_with(self, metric: str, page: PageRequest) -> Page:
        table, published = scheme_versions, scheme_versions.alias("published")
        newest = select(func.max(published.c.number)).where(
            published.c.scheme_id == table.c.scheme_id, published.c.published_at.is_not(None)
        )
        statement = (
            select(table.c.scheme_id, table.c.number, table.c.document, schemes.c.name)
            .join(schemes, schemes.c.id == table.c.scheme_id)
            .where(table.c.number == newest.scalar_subquery(), _names(metric))
        )
        return await fetch_page(self.tx, statement, page, by=[table.c.scheme_id])


def _names(metric: str) -> ColumnElement[bool]:
    """Tell of a version whether anything in it counts a metric."""
    document = scheme_versions.c.document
    return or_(*(document.contains({part: [{"metric": metric}]}) for part in COUNTING_PARTS))
