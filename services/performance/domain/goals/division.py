"""By what a target is divided over those below it: each one's weight, and what stands in where there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, Protocol

from services.performance.domain.goals.cascade import Basis
from services.performance.domain.texts import Texts, exact_text, shown

Instead = Literal["mean", "equal"]
"""What stands in: the others' mean for a newcomer, equal shares where nobody has anything to divide by."""

_WORDS: dict[Basis, Texts] = {
    "equal": Texts("平均分配", "equal shares"),
    "fte": Texts("按全职折算人数分配（{weight}）", "by FTE ({weight})"),
    "eligible_days": Texts("按应出勤工作日分配（{weight}）", "by eligible workdays ({weight})"),
    "historical": Texts("按近三年占比分配", "by share of the last three years"),
    "manual": Texts("人工分配", "set by hand"),
}
_INSTEAD: dict[Instead, Texts] = {
    "mean": Texts("，其中无历史者按他人均值计", ", taking the others' mean where there is no history"),
    "equal": Texts("平均分配（没有可依据的数据）", "equal shares, for want of anything to divide by"),
}


@dataclass(frozen=True, slots=True)
class Past:
    """What some people reached in the mean of up to three years, and how many of them have no history."""

    reached: Fraction = Fraction(0)
    known: int = 0
    unknown: int = 0

    def __add__(self, other: "Past") -> "Past":
        return Past(self.reached + other.reached, self.known + other.known, self.unknown + other.unknown)

    @property
    def mean(self) -> Fraction:
        return self.reached / self.known if self.known else Fraction(0)


class Weighed(Protocol):
    """Whoever may get a part."""

    @property
    def heads(self) -> int: ...
    @property
    def fte(self) -> Fraction: ...
    @property
    def days(self) -> Fraction:
        """Eligible workdays times FTE."""
        ...

    @property
    def past(self) -> Past: ...


@dataclass(frozen=True, slots=True)
class Portion:
    """Why somebody gets how much: `weight` of `of`."""

    basis: Basis
    weight: Fraction
    of: Fraction
    instead: Instead | None = None

    @property
    def words(self) -> Texts:
        """Say it in both languages, to whom it is about: without what the others weigh."""
        if self.instead == "equal":
            return _INSTEAD["equal"]
        told = _WORDS[self.basis].filled(weight=shown(self.weight))
        return told + _INSTEAD["mean"] if self.instead == "mean" else told

    def to_document(self) -> dict[str, Any]:
        numbers = {"weight": exact_text(self.weight), "of": exact_text(self.of)}
        return {"basis": self.basis, **numbers, "instead": self.instead}


def portions(basis: Basis, sharing: Sequence[Weighed]) -> list[Portion]:
    """Weigh everybody; where nobody has any weight all heads are alike, and by hand nobody gets what nobody gave."""
    if basis == "manual":
        return [Portion(basis, Fraction(0), Fraction(0)) for _ in sharing]
    weights = _weights(basis, sharing)
    if basis != "equal" and not any(weights):
        of = Fraction(sum(each.heads for each in sharing))
        return [Portion(basis, Fraction(each.heads), of, "equal") for each in sharing]
    of = sum(weights, Fraction(0))
    assumed = [basis == "historical" and bool(each.past.unknown) for each in sharing]
    return [
        Portion(basis, weight, of, "mean" if assumes else None)
        for weight, assumes in zip(weights, assumed, strict=True)
    ]


def _weights(basis: Basis, sharing: Sequence[Weighed]) -> list[Fraction]:
    if basis == "fte":
        return [each.fte for each in sharing]
    if basis == "eligible_days":
        return [each.days for each in sharing]
    if basis == "historical":
        mean = sum((each.past for each in sharing), Past()).mean
        return [each.past.reached + each.past.unknown * mean for each in sharing]
    return [Fraction(each.heads) for each in sharing]
