"""The canonical curve every rule compiles to: ordered pieces over the actual `A`, one evaluator, exact throughout.

Parameters are columns, so one curve holds the rules of many people whose targets differ; one person is length 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import ClassVar, Protocol, Self

import numpy as np

from services.performance.domain.exact import IntArray, Quantise, Rationals, Rows, assemble


class Form(Protocol):
    """How points follow from the actual within one piece."""

    shape: ClassVar[str]

    def points_at(self, actual: Rationals) -> Rationals: ...

    def take(self, rows: Rows) -> Self: ...

    def terms(self) -> Mapping[str, Rationals]:
        """Name the numbers of the formula."""
        ...


class _Columns:
    """Row selection and naming over a dataclass whose `Rationals` fields are columns."""

    __slots__ = ()

    def take(self, rows: Rows) -> Self:
        kept = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]  # a mixin
        for name, value in kept.items():
            if isinstance(value, Rationals):
                kept[name] = value.take(rows)
        return type(self)(**kept)

    def terms(self) -> dict[str, Rationals]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]  # a mixin
        return {name: value for name, value in values.items() if isinstance(value, Rationals)}


@dataclass(frozen=True, slots=True, eq=False)
class Constant(_Columns):
    """`points`."""

    shape: ClassVar[str] = "constant"
    points: Rationals

    def points_at(self, actual: Rationals) -> Rationals:  # noqa: ARG002 -- a form like the others
        return self.points


@dataclass(frozen=True, slots=True, eq=False)
class Slope(_Columns):
    """`points + rise · q((A − at) / run)`: a line where `quantise` is `exact`, else a stair; `run` is not 0."""

    shape: ClassVar[str] = "slope"
    points: Rationals
    at: Rationals
    rise: Rationals
    run: Rationals
    quantise: Quantise = "exact"

    def count_at(self, actual: Rationals) -> Rationals:
        """Count the units between `at` and the actual, quantised."""
        return ((actual - self.at) / self.run).quantised(self.quantise)

    def points_at(self, actual: Rationals) -> Rationals:
        return self.points + self.rise * self.count_at(actual)


@dataclass(frozen=True, slots=True, eq=False)
class Hyperbola(_Columns):
    """`product / A`, for `A > 0`."""

    shape: ClassVar[str] = "hyperbola"
    product: Rationals

    def points_at(self, actual: Rationals) -> Rationals:
        return self.product / actual


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Part of a curve from `start` (None: from minus infinity) to the next piece's start."""

    name: str
    form: Form
    start: Rationals | None = None
    start_included: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    points: Rationals
    """Clamped to floor and cap."""
    unclamped: Rationals
    piece: IntArray
    """Index of the piece each actual fell into."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    pieces: tuple[Piece, ...]
    floor: Rationals
    cap: Rationals

    def evaluate(self, actual: Rationals, *, count: int) -> Evaluation:
        """Give the points of `count` actuals."""
        index = self._locate(actual, count)
        parts = []
        for at, piece in enumerate(self.pieces):
            rows = np.flatnonzero(index == at)
            if rows.size:
                parts.append((rows, piece.form.take(rows).points_at(actual.take(rows))))
        unclamped = assemble(count, parts)
        return Evaluation(unclamped.at_least(self.floor).at_most(self.cap), unclamped, index)

    def _locate(self, actual: Rationals, count: int) -> IntArray:
        index = np.zeros(count, dtype=np.int64)
        for at, piece in enumerate(self.pieces):
            if piece.start is not None:
                reached = ~actual.less(piece.start) if piece.start_included else piece.start.less(actual)
                index = np.where(reached, at, index)
        return index
