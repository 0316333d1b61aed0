"""Turns aggregates of observations into actuals, each with the state of its data; one row a person.

Missing is not zero: without rows a sum is zero only where its source has declared itself complete, else pending.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from msgspec import Struct

from services.performance.domain.exact import ONE, BoolArray, IntArray, Rationals, assemble
from services.performance.domain.schemes.metric import Metric
from services.performance.domain.scoring.states import ITEM_CODES, ITEM_STATES, ItemCode, ItemState
from shared.core.decimals import MAX_MAGNITUDE, from_scaled
from shared.core.periods import Period

ACTUAL_PLACES = 10
_ADDITIVE = frozenset({"sum", "count", "count_distinct"})
_AVERAGED = frozenset({"mean", "rating"})


class Actual(Struct, frozen=True, gc=False):
    state: ItemState
    value: Decimal | None = None
    code: ItemCode = ItemCode.NONE


@dataclass(frozen=True, slots=True, eq=False)
class Aggregates:
    """What one side of a metric found, one row a person."""

    rows: IntArray
    """Observations that count."""
    values: Rationals
    """Their sum (`sum`, `mean`, `rating`), their count, or the picked value; 0 where there are no rows."""
    complete: BoolArray
    """Whether every source of the measure is complete through the day that counts (length 1 stands for all)."""
    faults: IntArray | None = None
    """Codes of amounts that cannot be added up, else `NONE`; None: nowhere."""


@dataclass(frozen=True, slots=True, eq=False)
class Actuals:
    """Column of actuals: `values` to 10 places (0 where the state is no number), with state and code."""

    states: IntArray
    codes: IntArray
    values: Rationals

    def each(self) -> list[Actual]:
        """Give everybody's actual, in order."""
        rows = zip(self.states.tolist(), self.codes.tolist(), self.values.all_scaled(ACTUAL_PLACES), strict=True)
        return [
            Actual(state, from_scaled(number, ACTUAL_PLACES) if state <= ItemState.ZERO else None, code)
            for state, code, number in ((ITEM_STATES[state], ITEM_CODES[code], number) for state, code, number in rows)
        ]


INAPPLICABLE = Actual(ItemState.NOT_APPLICABLE, None, ItemCode.NOT_APPLICABLE)


def waiting_for_source(count: int) -> list[Actual]:
    """Give what stands for everybody's number while a source is stale that the metric waits for."""
    return [Actual(ItemState.PENDING, None, ItemCode.SOURCE_STALE)] * count


def is_complete(complete_through: date | None, *, period: Period, today: date) -> bool:
    """Tell whether a watermark covers the period's last day, or today while the period runs."""
    return complete_through is not None and complete_through >= min(period.ends_on - timedelta(days=1), today)


def actuals_of(metric: Metric, sides: Sequence[Aggregates]) -> Actuals:
    """Give the actuals of `metric` from one aggregate, or from numerator and denominator."""
    if metric.aggregation == "ratio":
        numerator, denominator = sides
        states, codes = _ratio_states(numerator, denominator)
        over = denominator.values
        values = numerator.values
    else:
        (side,) = sides
        states, codes = _states(side, additive=metric.aggregation in _ADDITIVE)
        over = Rationals(np.maximum(side.rows, 1), ONE.den) if metric.aggregation in _AVERAGED else ONE
        values = side.values
    return _settled(*_faulted(states, codes, sides), values, over)


def actual_of(metric: Metric, sides: Sequence[tuple[int, Decimal, bool]]) -> Actual:
    """Do the same for one person; a side is (rows, value, complete)."""
    columns = [
        Aggregates(np.array([rows]), Rationals.of(value), np.array([complete])) for rows, value, complete in sides
    ]
    return actuals_of(metric, columns).each()[0]


def _states(side: Aggregates, *, additive: bool) -> tuple[IntArray, IntArray]:
    nothing = side.rows == 0
    finished = ItemState.ZERO if additive else ItemState.MISSING
    states = np.where(nothing, np.where(side.complete, finished, ItemState.PENDING), ItemState.VALUE)
    codes = np.where(nothing, np.where(side.complete, ItemCode.NO_ROWS, ItemCode.INCOMPLETE), ItemCode.NONE)
    return states, codes


def _ratio_states(numerator: Aggregates, denominator: Aggregates) -> tuple[IntArray, IntArray]:
    """Call a ratio over nothing missing, never 0; without numerator rows let it wait for the numerator's source."""
    over_nothing = denominator.values.sign() == 0
    waiting = np.where(over_nothing, ~denominator.complete, (numerator.rows == 0) & ~numerator.complete)
    missing = over_nothing & ~waiting
    states = np.where(waiting, ItemState.PENDING, np.where(missing, ItemState.MISSING, ItemState.VALUE))
    codes = np.where(waiting, ItemCode.INCOMPLETE, np.where(missing, ItemCode.DENOMINATOR_ZERO, ItemCode.NONE))
    return states, codes


def _faulted(states: IntArray, codes: IntArray, sides: Sequence[Aggregates]) -> tuple[IntArray, IntArray]:
    """Take amounts for unknown that no currency or rate adds up: an error, but pending where a rate may yet come."""
    for faults in (side.faults for side in sides if side.faults is not None):
        found = np.where(faults == ItemCode.RATE_MISSING, ItemState.PENDING, ItemState.ERROR)
        hit = (faults != ItemCode.NONE) & (states != ItemState.ERROR)
        states, codes = np.where(hit, found, states), np.where(hit, faults, codes)
    return states, codes


def _settled(states: IntArray, codes: IntArray, values: Rationals, over: Rationals) -> Actuals:
    """Divide where there is a number, round to what is stored, and tell zeros and absurd magnitudes apart."""
    count = len(states)
    rows = np.flatnonzero(states == ItemState.VALUE)
    column = assemble(count, [])
    if rows.size:
        quotient = values.take(rows) / over.take(rows)
        stored = Rationals.of_scaled(quotient.rounded(ACTUAL_PLACES), ACTUAL_PLACES)
        column = assemble(count, [(rows, stored)])
    limit = Rationals.of(MAX_MAGNITUDE)
    absurd = ~(column.less(limit) & (-limit).less(column))
    states = np.where((states == ItemState.VALUE) & (column.sign() == 0), ItemState.ZERO, states)
    states = np.where(absurd, ItemState.ERROR, states)
    codes = np.where(absurd, ItemCode.VALUE_OUT_OF_RANGE, codes)
    return Actuals(states, codes, column)
