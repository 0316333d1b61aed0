"""What moves a target, and the values it had."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from services.performance.domain.goals.target import Origin, Target, TargetKey
from services.performance.domain.goals.target_effect import TargetEffect
from services.performance.domain.texts import Texts

ActKind = Literal[
    "generated",
    "business",
    "history",
    "organisation",
    "scheme",
    "confirmed",
    "declined",
    "overridden",
    "override_lifted",
]
MoveKind = ActKind | Literal["override_released", "cascaded"]
"""An act, or, where it was about another target, what follows from it for this one."""


@dataclass(frozen=True, slots=True)
class Act:
    """What made targets come out differently; `by` is the account or client behind it, None for an event."""

    kind: ActKind
    by: str | None = None
    about: TargetKey | None = None
    """The one target that it is about; None where it is about all."""
    effect: TargetEffect | None = None
    """What is declared about it; an event goes on from the values that hold, and leaves what held before."""
    released: Collection[TargetKey] = ()
    """What was set by hand below the target that it is about, and is generated again."""

    def releasing(self, keys: Collection[TargetKey]) -> "Act":
        return replace(self, released=keys)

    def moves(self, key: TargetKey) -> MoveKind:
        if key in self.released:
            return "override_released"
        return self.kind if self.about in {None, key} else "cascaded"


@dataclass(frozen=True, slots=True)
class TargetMove:
    """A value that a target came to have."""

    target_id: UUID
    sequence: int
    value: Decimal | None
    origin: Origin
    cause: MoveKind
    changed_by: str | None
    reason: Texts
    override_reason: str | None
    changed_at: datetime
    effective_on: date | None = None
    """Since when it holds; None: for the whole cycle, or since what it takes the place of."""


def moves_of(changed: Mapping[TargetKey, Target], before: Mapping[TargetKey, Target], act: Act) -> list[TargetMove]:
    """Note whose value or whose ground for it is another one than before."""
    return [
        move_of(target, act)
        for key, target in changed.items()
        if key not in before or _said(before[key]) != _said(target)
    ]


def move_of(target: Target, act: Act) -> TargetMove:
    """Note what a target holds since an act."""
    return TargetMove(
        target_id=target.id,
        sequence=target.sequence,
        value=target.value,
        origin=target.origin,
        cause=act.moves(target.key),
        changed_by=act.by,
        reason=target.goal.reason,
        override_reason=target.override_reason,
        changed_at=target.updated_at,
        effective_on=None if act.effect is None else act.effect.effective_on,
    )


def _said(target: Target) -> tuple[object, ...]:
    return target.value, target.origin, target.override_reason
