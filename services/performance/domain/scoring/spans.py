"""Days in a row that nothing tells apart: in which roles a person spends them, and how such days are joined."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import zip_longest

from services.performance.domain.schemes.assignment import Place
from shared.core.periods import Period

Counted = Callable[[Period], int]
"""How many workdays there are in a period."""


@dataclass(frozen=True, slots=True)
class Role:
    """What a person is scored as; equal `basis` means that nothing tells two places apart, None that nothing scores."""

    place: Place
    basis: Hashable
    allocation: Fraction
    """The part of each day that belongs to it."""


@dataclass(frozen=True)
class Span:
    """Days in the same roles, the principal one last."""

    period: Period
    roles: tuple[Role, ...]

    @cached_property
    def basis(self) -> Hashable:
        return tuple((role.basis, role.allocation) for role in self.roles)

    def until(self, ends_on: date) -> "Span":
        return replace(self, period=Period(self.period.starts_on, ends_on))


def joined(spans: Sequence[Span], workdays_in: Counted) -> list[Span]:
    """Join what touches and is alike, over days without work; what has no workday goes to the span before, or after."""
    return _without_idle(_alike(_without_gaps(spans, workdays_in)), workdays_in)


def _without_gaps(spans: Sequence[Span], workdays_in: Counted) -> list[Span]:
    """Let a span last over days without work that lie between it and the next."""
    filled = []
    for span, following in zip_longest(spans, spans[1:]):
        ends_on = span.period.ends_on
        if following is not None and ends_on < following.period.starts_on:
            gap = Period(ends_on, following.period.starts_on)
            ends_on = ends_on if workdays_in(gap) else gap.ends_on
        filled.append(span.until(ends_on))
    return filled


def _alike(spans: Sequence[Span]) -> list[Span]:
    """Join what touches and has the same basis."""
    found: list[Span] = []
    for span in spans:
        before = found[-1] if found else None
        if before is not None and before.basis == span.basis and before.period.ends_on == span.period.starts_on:
            found[-1] = replace(span, period=Period(before.period.starts_on, span.period.ends_on))
        else:
            found.append(span)
    return found


def _without_idle(spans: Sequence[Span], workdays_in: Counted) -> list[Span]:
    """Join what touches and is alike, or has no workday."""
    found: list[Span] = []
    for span in spans:
        before = found[-1] if found and found[-1].period.ends_on == span.period.starts_on else None
        if before is None or (before.basis != span.basis and workdays_in(before.period) and workdays_in(span.period)):
            found.append(span)
            continue
        stays = before.basis != span.basis and not workdays_in(span.period)
        kept = before if stays else span
        found[-1] = replace(kept, period=Period(before.period.starts_on, span.period.ends_on))
    return found
