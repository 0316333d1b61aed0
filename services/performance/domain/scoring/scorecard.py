"""A scorecard: one employee in one cycle, the result it shows now, and what may still happen to it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from services.performance.domain.organisation import DepartmentTree
from services.performance.domain.schemes.assignment import Place, Version
from services.performance.domain.scoring.timeline import Stretch
from shared.core.access import Reach
from shared.core.errors import Conflict, NotFound
from shared.core.ids import derived_id

ScoreStatus = Literal["provisional", "frozen", "published", "revised"]


class ScoredItem(Struct, frozen=True, gc=False, omit_defaults=True):
    """One line: `state` and `code` say why a number may be absent; `actual` to 10 places, `points` to 6.

    Documents leave defaults out: rows that outgrow 2 kB are compressed, which takes longer than to write them. That is
    said here, not in the store: a struct of its own there would cost a quarter of the time to write and to read again.
    """

    key: str
    metric: str
    name: str
    weight: int
    """Basis points."""
    state: str
    code: str | None
    target: Decimal | None
    actual: Decimal | None
    points: Decimal | None
    """Of a veto, 1 where it fires and 0 where it spares."""
    role: str = "weighted"
    """weighted | bonus | penalty | veto."""
    segment: int = 0
    """Which of the result's segments a weighted line belongs to, from 0."""
    proration: Fraction | None = None
    """What of a whole cycle was asked; None where that is the share of workdays."""
    scale: Fraction | None = None
    """What makes the target one of a whole cycle by the proration; None where it is one already."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A total and the grade that follows from it; None where there is none."""

    total: Decimal | None
    grade: str | None

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> "Verdict":
        """Read back what `to_document` wrote."""
        total = document["total"]
        return cls(None if total is None else Decimal(total), document["grade"])

    def to_document(self) -> dict[str, str | None]:
        """Write it, the total to the two places to which it was rounded."""
        return {"total": None if self.total is None else f"{self.total:f}", "grade": self.grade}


@dataclass(frozen=True, slots=True)
class Result:
    """What scoring found; without a scheme there are no items, no total and no grade."""

    state: str
    """complete | pending | blocked | ungraded."""
    total: Decimal | None = None
    grade: str | None = None
    scored_weight: int = 0
    """Basis points behind the total."""
    segments: tuple[Stretch, ...] = ()
    """In order; the last one's scheme grades the whole."""
    workdays: int = 0
    """Of the whole cycle, by the calendar it was computed with."""
    items: tuple[ScoredItem, ...] = ()
    """Of all segments."""
    overall: tuple[ScoredItem, ...] = ()
    """Bonuses, penalties and vetoes."""
    before_veto: Verdict | None = None
    """What it would be without the vetoes that fired; None where none did."""

    def items_of(self, segment: int) -> tuple[ScoredItem, ...]:
        return tuple(item for item in self.items if item.segment == segment)

    @property
    def verdict(self) -> Verdict:
        return Verdict(self.total, self.grade)

    @property
    def versions(self) -> frozenset[Version]:
        """The scheme versions of all segments."""
        return frozenset(each.place.version for each in self.segments if each.place.version is not None)

    @property
    def closing(self) -> Place | None:
        """Where the last segment ended; None where nothing is scored."""
        return self.segments[-1].place if self.segments else None


NOTHING = Result(state="ungraded")


@dataclass(frozen=True, slots=True)
class Scorecard:
    id: UUID
    cycle_id: UUID
    employee_id: UUID
    place: Place
    status: ScoreStatus
    sequence: int
    result: Result
    input_hash: str
    scored_at: datetime | None
    counted_until: datetime | None
    """What had arrived by then is in a result that stands still: the freeze, or a revision; None while it moves."""
    created_at: datetime
    updated_at: datetime

    @property
    def department_id(self) -> UUID:
        return self.place.department_id

    @property
    def scheme_ids(self) -> frozenset[UUID | None]:
        """The schemes that score the person somewhere in the cycle."""
        return frozenset({self.place.scheme_id, *(scheme_id for scheme_id, _ in self.result.versions)})

    @property
    def verdict(self) -> Verdict:
        """What is computed, whatever calibrates it."""
        return self.result.verdict

    @property
    def is_published(self) -> bool:
        return self.status in {"published", "revised"}

    def scored(
        self, result: Result, *, place: Place, status: ScoreStatus, input_hash: str, at: datetime
    ) -> "Scorecard":
        """Show another result; the very same scorecard where nothing that anybody sees would change."""
        if (self.result, self.place, self.status) == (result, place, status):
            return self
        return replace(
            self,
            result=result,
            place=place,
            status=status,
            input_hash=input_hash,
            sequence=self.sequence + 1,
            scored_at=at,
            counted_until=at if status == "frozen" and self.status != "frozen" else self.counted_until,
            updated_at=at,
        )

    def revised(self, result: Result, *, input_hash: str, counted_until: datetime, at: datetime) -> "Scorecard":
        """Show, after publication, a result in which what had arrived by `counted_until` counts."""
        shown = self.scored(result, place=self.place, status="revised", input_hash=input_hash, at=at)
        return replace(shown, counted_until=counted_until)

    def is_within(self, reach: Reach, *, tree: DepartmentTree, day: date) -> bool:
        """Tell whether a caller's reach covers this person."""
        return reach.own == self.employee_id or tree.within(reach, self.department_id, day)

    def refuse_beyond(self, reach: Reach, *, tree: DepartmentTree, day: date) -> None:
        """Raise NotFound for a caller whose reach does not cover this person."""
        if not self.is_within(reach, tree=tree, day=day):
            raise NotFound.of("scorecard")

    def require_item(self, key: str) -> None:
        """Raise NotFound where no weighted item of any segment has this key."""
        if key not in {line.key for line in self.result.items}:
            raise NotFound.of("item")

    def require_published(self) -> None:
        """Raise Conflict (`score_not_published`) while the result may still move."""
        if not self.is_published:
            raise Conflict("score_not_published", "This score is not published yet.")


def scorecard_id(tenant_id: UUID, *, cycle_id: UUID, employee_id: UUID) -> UUID:
    """Derive the one id a person's scorecard in a cycle can have."""
    return derived_id("scorecard", tenant_id, cycle_id, employee_id)
