"""Proposes targets from history or from the business's own, each with its reason and a mark when far off history."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from services.performance.domain.goals.cascade import MONEY_PLACES
from services.performance.domain.texts import Texts, shown
from shared.core.decimals import plain, round_half_up

Basis = Literal["history_growth", "business_share", "business_same"]
HISTORY_YEARS = 3
_RATIO_PLACES = 4
_PERCENT = 100

_BASES: dict[Basis, Texts] = {
    "history_growth": Texts(
        "近 {years} 年平均 {mean}，增长 {growth}%", "mean of the last {years} years {mean}, growth {growth}%"
    ),
    "business_share": Texts("业务目标 {total}，{holders} 人", "business target {total} over {holders} holders"),
    "business_same": Texts("业务目标 {total}，人人相同", "business target {total}, the same for everybody"),
}
_BY = Texts("，{method}", ", {method}")
_GROWN = Texts("；整体较近三年均值 {growth}%", "; the whole {growth}% on the mean of its last three years")
_ATTAINED = Texts("；近 {years} 年目标完成率 {percent}%", "; {percent}% of the targets of the last {years} years")
_AGAINST = Texts("；与历史均值 {mean} 相差 {deviation}%", "; {deviation}% off the historical mean {mean}")
_FAR_OFF = Texts("，偏离较大，请核对", ", far off: please check")


@dataclass(frozen=True, slots=True)
class PastYear:
    """What was reached in a period as long as the cycle; `label` such as `2024` or `2024 H1`."""

    label: str
    value: Decimal
    target: Decimal | None = None
    """What was to be reached, where that is known of everything in `value`."""

    def to_document(self) -> dict[str, str | None]:
        target = None if self.target is None else plain(self.target)
        return {"label": self.label, "value": plain(self.value), "target": target}


@dataclass(frozen=True, slots=True)
class Proposal:
    value: Decimal
    basis: Basis
    history: tuple[PastYear, ...]
    """At most three, oldest first."""
    mean: Decimal | None
    deviation: Decimal | None
    """(value - mean) / mean, to four places; None without a positive mean."""
    far_off: bool
    reason: Texts

    def to_document(self) -> dict[str, Any]:
        return {
            "value": plain(self.value),
            "basis": self.basis,
            "history": [year.to_document() for year in self.history],
            "mean": None if self.mean is None else plain(self.mean),
            "deviation": None if self.deviation is None else plain(self.deviation),
            "far_off": self.far_off,
            "reason": self.reason.to_document(),
        }


def propose_from_history(
    history: Sequence[PastYear], *, growth: Decimal, far_off: Decimal, digits: int = MONEY_PLACES
) -> Proposal | None:
    """Propose the mean of up to three years, grown by `growth` (0.2 is 20 %); None without any history."""
    years = tuple(history[-HISTORY_YEARS:])
    mean = mean_of(years)
    if mean is None:
        return None
    value, told = round_half_up(mean * (1 + Fraction(growth)), digits), shown(round_half_up(mean, digits))
    basis = _BASES["history_growth"].filled(years=len(years), mean=told, growth=shown(growth * _PERCENT))
    return _proposal("history_growth", value, years, basis, far_off=far_off, digits=digits)


def propose_from_business(
    value: Decimal,
    *,
    total: Decimal,
    holders: int,
    method: Texts | None,
    growth: Decimal | None,
    history: Sequence[PastYear],
    far_off: Decimal,
    digits: int = MONEY_PLACES,
) -> Proposal:
    """Give a part of the business's target its reason, and compare it with the holder's own history.

    `method` says by what it was divided, `growth` how far the whole is off what its people reached before; None where
    it is the whole itself.
    """
    basis = _BASES["business_share"].filled(total=shown(total), holders=holders)
    if method is not None:
        basis += _BY.filled(method=method)
    if growth is not None:
        basis += _GROWN.filled(growth=_signed(growth))
    years = tuple(history[-HISTORY_YEARS:])
    return _proposal("business_share", value, years, basis, far_off=far_off, digits=digits)


def propose_same_for_all(
    value: Decimal, *, total: Decimal, history: Sequence[PastYear], far_off: Decimal, digits: int = MONEY_PLACES
) -> Proposal:
    """Hand a rate the business wants to everybody as it is, and compare it with the holder's own history."""
    basis = _BASES["business_same"].filled(total=shown(total))
    return _proposal("business_same", value, tuple(history[-HISTORY_YEARS:]), basis, far_off=far_off, digits=digits)


def mean_of(history: Sequence[PastYear]) -> Fraction | None:
    """Give the mean of up to three years, exactly; None without any."""
    years = history[-HISTORY_YEARS:]
    return sum((Fraction(year.value) for year in years), Fraction(0)) / len(years) if years else None


def deviation_of(value: Decimal, history: Sequence[PastYear]) -> Decimal | None:
    """Give (value - mean) / mean, to four places; None without a positive mean."""
    mean = mean_of(history)
    if mean is None or mean <= 0:
        return None
    return round_half_up(Fraction(value) / mean - 1, _RATIO_PLACES)


def attainment_of(history: Sequence[PastYear]) -> tuple[int, Decimal] | None:
    """Give of how many of up to three years targets are known, and how much of these was reached, in percent."""
    years = [(year.value, year.target) for year in history[-HISTORY_YEARS:] if year.target is not None]
    reached, wanted = (sum(map(Fraction, each)) for each in zip(*years, strict=True)) if years else (0, 0)
    return (len(years), round_half_up(Fraction(reached) / Fraction(wanted) * _PERCENT, 1)) if wanted > 0 else None


def _attained(history: Sequence[PastYear]) -> Texts:
    found = attainment_of(history)
    return Texts("", "") if found is None else _ATTAINED.filled(years=found[0], percent=shown(found[1]))


def _signed(ratio: Decimal) -> str:
    return f"{'+' if ratio >= 0 else ''}{shown(ratio * _PERCENT)}"


def _proposal(
    kind: Basis,
    value: Decimal,
    years: tuple[PastYear, ...],
    basis: Texts,
    *,
    far_off: Decimal,
    digits: int,
) -> Proposal:
    exact = mean_of(years)
    if exact is None:
        return Proposal(value, kind, years, None, None, far_off=False, reason=basis)
    mean = round_half_up(exact, digits)
    if exact <= 0:
        return Proposal(value, kind, years, mean, None, far_off=False, reason=basis)
    off = Fraction(value) / exact - 1
    far, deviation = abs(off) > Fraction(far_off), round_half_up(off, _RATIO_PLACES)
    compared = _attained(years) + _AGAINST.filled(mean=shown(mean), deviation=shown(deviation * _PERCENT))
    reason = basis + compared + (_FAR_OFF if far else Texts("", ""))
    return Proposal(value, kind, years, mean, deviation, far_off=far, reason=reason)
