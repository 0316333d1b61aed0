"""From when on a changed target holds, and when that makes the past harder."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from services.performance.domain.cycle import Cycle
from services.performance.domain.effect import Effect
from services.performance.domain.goals.target import Held, Target
from services.performance.domain.rules import Direction
from shared.core.errors import Invalid

Overrides = Literal["keep", "release"]
"""What becomes of values set by hand below the target in the cascade: they stay, or what is generated holds again."""


@dataclass(frozen=True, slots=True)
class TargetEffect(Effect):
    """What is declared about a changed target."""

    overrides: Overrides = "keep"

    def refuse_outside(self, cycle: Cycle) -> None:
        """Raise Invalid where the day is missing, not wanted, or not one on which a cycle can change."""
        self.require_day()
        if self.effective_on is not None and self.effective_on not in cycle.period:
            raise Invalid.at("/effective_on", "day_outside_cycle", "This day does not lie in the cycle.")

    def applied(self, target: Target, before: Target | None, *, chosen: bool = False) -> Target:
        """Let a value that changed hold as declared; a chosen one does though it is the same."""
        if before is None or (before.value == target.value and not chosen):
            return target
        if self.effective_on is None:
            return replace(target, earlier=())
        return replace(target, earlier=_until(before, self.effective_on, target))

    def tightens(self, target: Target, before: Target, *, cycle: Cycle, direction: Direction, today: date) -> bool:
        """Tell whether more is asked of a day gone by once goals are set; where lower is better, less is more."""
        if today <= cycle.terms.plan_due_on:
            return False
        turns = {cycle.period.starts_on, *(held.until for each in (target, before) for held in each.earlier)}
        pairs = [(target.value_on(day), before.value_on(day)) for day in turns if day < today]
        known = [(now, then) for now, then in pairs if now is not None and then is not None]
        return any(now > then if direction == "higher" else now < then for now, then in known)


def _until(before: Target, day: date, now: Target) -> tuple[Held, ...]:
    """Keep what held before a day; a value that there was not counts for nothing, and the same one goes on."""
    kept = [held for held in before.earlier if held.until < day]
    last = next((held for held in before.earlier if held.until >= day), None)
    if last is not None:
        return (*kept, replace(last, until=day))
    same = (before.value, before.meant_for, before.workdays) == (now.value, now.meant_for, now.workdays)
    if before.value is None or same:
        return tuple(kept)
    return (*kept, Held(day, before.value, before.meant_for, before.workdays))
