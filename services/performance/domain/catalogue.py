"""The catalogue: metrics and schemes as they are kept, each scheme with its versions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.performance.domain.effect import EffectKind
from services.performance.domain.schemes.assignment import Assignment
from services.performance.domain.schemes.metric import Metric
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.schemes.scheme_effect import SchemeEffect
from services.performance.domain.scoring.cards import on_target_score
from shared.core.errors import Conflict


@dataclass(frozen=True, slots=True)
class DefinedMetric:
    id: UUID
    metric: Metric
    sequence: int
    created_at: datetime
    updated_at: datetime

    def redefined(self, metric: Metric, *, in_use: bool, at: datetime) -> "DefinedMetric":
        """Give the metric another definition.

        Raises Conflict (`metric_in_use`) where a published scheme counts on it and more than its name would change.
        """
        if in_use and replace(metric, name=self.metric.name) != self.metric:
            raise Conflict("metric_in_use", "A published scheme uses this metric; only its name may change.")
        return replace(self, metric=metric, sequence=self.sequence + 1, updated_at=at)


@dataclass(frozen=True, slots=True)
class DefinedScheme:
    """A scheme's name and whom it is for; what it says stands in its versions."""

    id: UUID
    name: str
    department_ids: tuple[UUID, ...]
    position_ids: tuple[UUID, ...]
    sequence: int
    created_at: datetime
    updated_at: datetime

    def placed(self, changes: Mapping[str, Any], *, at: datetime) -> "DefinedScheme":
        """Apply a merge patch of its name, departments and positions, each of which is named once."""
        ids = {name: tuple(dict.fromkeys(value)) for name, value in changes.items() if name.endswith("_ids")}
        return replace(self, **{**changes, **ids}, sequence=self.sequence + 1, updated_at=at)

    def assigned(self, version: int) -> Assignment:
        return Assignment(self.id, version, self.department_ids, self.position_ids)


@dataclass(frozen=True, slots=True)
class SchemeVersion:
    """One version of a scheme: a draft until it is published, and the same for ever afterwards."""

    scheme_id: UUID
    number: int
    document: Mapping[str, Any]
    on_target_score: Decimal | None
    effect: EffectKind | None
    effective_on: date | None
    """With `from_date`."""
    published_at: datetime | None
    published_by: str | None
    sequence: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def draft(cls, scheme_id: UUID, number: int, scheme: Scheme, *, at: datetime) -> "SchemeVersion":
        return cls(
            scheme_id=scheme_id,
            number=number,
            document=scheme.to_document(),
            on_target_score=on_target_score(scheme),
            effect=None,
            effective_on=None,
            published_at=None,
            published_by=None,
            sequence=1,
            created_at=at,
            updated_at=at,
        )

    def read(self, metrics: Mapping[str, Metric]) -> Scheme:
        return Scheme.accepted(self.document, metrics=metrics)

    def publishable(self, metrics: Mapping[str, Metric]) -> Scheme:
        """Read it as it is or would be published: a draft is held against `metrics` anew. Raises Invalid."""
        if self.published_at is not None:
            return self.read(metrics)
        return Scheme.from_document(self.document, metrics=metrics)

    def rewritten(self, scheme: Scheme, *, at: datetime) -> "SchemeVersion":
        """Replace what a draft says. Raises Conflict (`version_published`)."""
        self._refuse_published()
        document, score = scheme.to_document(), on_target_score(scheme)
        return replace(self, document=document, on_target_score=score, sequence=self.sequence + 1, updated_at=at)

    def published(self, effect: SchemeEffect, *, by: str, at: datetime) -> "SchemeVersion":
        """Make the version final. Raises Conflict (`version_published`)."""
        self._refuse_published()
        declared = replace(self, effect=effect.kind, effective_on=effect.effective_on)
        return replace(declared, published_at=at, published_by=by, sequence=self.sequence + 1, updated_at=at)

    @property
    def declared(self) -> SchemeEffect:
        """What was declared when it was published."""
        return SchemeEffect(self.effect or "whole_cycle", self.effective_on)

    def _refuse_published(self) -> None:
        if self.published_at is not None:
            raise Conflict("version_published", "A published version never changes; write a new one instead.")
