"""Columns of exact rational numbers: int64 while every result provably fits, Python integers where it might not.

No float ever appears here. A column of length 1 stands for any number of rows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import cycle, islice
from math import gcd, lcm
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[Any]
"""Integers as int64, or as Python integers in an object array."""
BoolArray = NDArray[np.bool_]
Rows = NDArray[np.intp]
Quantise = Literal["floor", "ceil", "exact"]

_PYTHON = np.dtype(object)
_ROOM = 2**62
"""Results stay in int64 while their absolute value is provably below this."""


def integers(values: Iterable[int]) -> IntArray:
    """Build the narrowest column that holds `values`."""
    return _narrow(np.array(list(values), dtype=object))


def peak(numbers: IntArray) -> int:
    """Give the largest absolute value, 0 of nothing."""
    if numbers.size == 1:  # as most are when one person is scored, and then numpy's reductions would take most time
        return abs(int(numbers[0]))
    return max(abs(int(numbers.max())), abs(int(numbers.min()))) if numbers.size else 0


def times(left: IntArray, right: IntArray) -> IntArray:
    return left * right if _fits(left, right, lambda a, b: a * b) else left.astype(object) * right.astype(object)


def plus(left: IntArray, right: IntArray) -> IntArray:
    return left + right if _fits(left, right, lambda a, b: a + b) else left.astype(object) + right.astype(object)


def _fits(left: IntArray, right: IntArray, bound: Callable[[int, int], int]) -> bool:
    return not _wide(left, right) and bound(peak(left), peak(right)) < _ROOM


def _wide(left: IntArray, right: IntArray) -> bool:
    return left.dtype is _PYTHON or right.dtype is _PYTHON


def _narrow(numbers: IntArray) -> IntArray:
    return numbers.astype(np.int64) if numbers.dtype is _PYTHON and peak(numbers) < _ROOM else numbers


@lru_cache(maxsize=1024)
def _constant(number: int) -> IntArray:
    """Give a column of length 1, which many share and none may write to."""
    column = integers([number])
    column.setflags(write=False)
    return column


@dataclass(frozen=True, slots=True, eq=False)
class Rationals:
    """A column of `num / den`, every `den` positive; arithmetic is exact and broadcasts length 1."""

    num: IntArray
    den: IntArray

    @classmethod
    def of(cls, *values: Decimal | Fraction | int) -> "Rationals":
        """Build a column over one common denominator."""
        ratios = [value.as_integer_ratio() for value in values]
        den = lcm(*(bottom for _, bottom in ratios))
        return cls(integers(top * (den // bottom) for top, bottom in ratios), _constant(den))

    @classmethod
    def of_each(cls, values: Sequence[Fraction]) -> "Rationals":
        """Build a column that keeps every value's own denominator."""
        return cls(integers(value.numerator for value in values), integers(value.denominator for value in values))

    @classmethod
    def of_scaled(cls, numbers: IntArray, places: int) -> "Rationals":
        """Read integers that stand for `number / 10**places`, dropping zeros that all of them share."""
        shared = gcd(int(np.gcd.reduce(numbers)) if numbers.size else 0, 10**places)
        return cls(numbers // shared, _constant(10**places // shared))

    def __add__(self, other: "Rationals") -> "Rationals":
        if len(self.den) == len(other.den) == 1:
            den = lcm(int(self.den[0]), int(other.den[0]))
            left = times(self.num, _constant(den // int(self.den[0])))
            return _settled(plus(left, times(other.num, _constant(den // int(other.den[0])))), _constant(den))
        shared = np.gcd(self.den, other.den)
        left, right = other.den // shared, self.den // shared
        return _settled(plus(times(self.num, left), times(other.num, right)), times(self.den, left))

    def __neg__(self) -> "Rationals":
        return Rationals(-self.num, self.den)

    def __sub__(self, other: "Rationals") -> "Rationals":
        return self + -other

    def __mul__(self, other: "Rationals") -> "Rationals":
        return _settled(times(self.num, other.num), times(self.den, other.den))

    def __truediv__(self, other: "Rationals") -> "Rationals":
        if not np.all(other.num):
            raise ZeroDivisionError("a divisor is zero")
        sign = np.where(other.num < 0, -1, 1)
        turned = Rationals(times(other.den, sign), times(other.num, sign))
        return self * turned

    def less(self, other: "Rationals") -> BoolArray:
        return np.asarray(times(self.num, other.den) < times(other.num, self.den), dtype=np.bool_)

    def sign(self) -> NDArray[np.int8]:
        return np.where(self.num > 0, 1, np.where(self.num < 0, -1, 0)).astype(np.int8)

    def quantised(self, how: Quantise) -> "Rationals":
        """Step down or up to whole numbers, or keep as it is."""
        if how == "exact":
            return self
        whole = self.num // self.den if how == "floor" else -(-self.num // self.den)
        return Rationals(whole, _constant(1))

    def rounded(self, places: int) -> IntArray:
        """Give `value * 10**places`, ties away from zero (half up)."""
        scale = _constant(10**places)
        size = np.abs(self.num)
        whole = size // self.den
        rest = plus(size, -times(whole, self.den))
        tail = plus(times(times(rest, scale), _constant(2)), self.den) // times(self.den, _constant(2))
        return _narrow(times(plus(times(whole, scale), tail), np.where(self.num < 0, -1, 1)))

    def at_most(self, limit: "Rationals") -> "Rationals":
        return chosen(limit.less(self), limit, self)

    def at_least(self, limit: "Rationals") -> "Rationals":
        return chosen(self.less(limit), limit, self)

    def take(self, rows: Rows) -> "Rationals":
        """Give the values of `rows`; a single value goes on standing for all of them."""
        num = self.num if len(self.num) == 1 else self.num[rows]
        den = self.den if len(self.den) == 1 else self.den[rows]
        return Rationals(num, den)

    def fraction(self, row: int = 0) -> Fraction:
        return Fraction(*self._at(row))

    def all_scaled(self, places: int) -> list[int]:
        """Give every `value * 10**places`, of values that have no further places."""
        scale: int = 10**places
        rows = islice(zip(cycle(self.num.tolist()), cycle(self.den.tolist())), max(len(self.num), len(self.den)))
        return [num * scale // den for num, den in rows]

    def _at(self, row: int) -> tuple[int, int]:
        return int(self.num[row if len(self.num) > 1 else 0]), int(self.den[row if len(self.den) > 1 else 0])


ZERO = Rationals.of(0)
ONE = Rationals.of(1)


def assemble(count: int, parts: Sequence[tuple[Rows, Rationals]]) -> Rationals:
    """Lay `parts` into a column of `count` rows; rows that no part names are 0."""
    kind = object if any(_wide(part.num, part.den) for _, part in parts) else np.int64
    num: IntArray = np.zeros(count, dtype=kind)
    den: IntArray = np.ones(count, dtype=kind)
    for rows, part in parts:
        num[rows] = part.num.astype(kind)
        den[rows] = part.den.astype(kind)
    shared = {int(part.den[0]) for _, part in parts if len(part.den) == 1} or {1}
    alike = len(shared) == 1 and all(len(part.den) == 1 for _, part in parts)
    return Rationals(num, _constant(shared.pop()) if alike else den)


def chosen(mask: BoolArray, these: Rationals, others: Rationals) -> Rationals:
    """Take `these` where `mask` holds, and `others` elsewhere."""
    return Rationals(np.where(mask, these.num, others.num), np.where(mask, these.den, others.den))


def _settled(num: IntArray, den: IntArray) -> Rationals:
    """Bring numbers that left int64 to lowest terms, and back where they fit again."""
    if not _wide(num, den):
        return Rationals(num, den)
    num, den = num.astype(object), den.astype(object)
    shared = np.gcd(num, den)
    return Rationals(_narrow(num // shared), _narrow(den // shared))
