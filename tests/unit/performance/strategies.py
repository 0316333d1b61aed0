"""Random rules, actuals and targets, from everyday sizes to 10^12 with six decimals."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

HUGE = 10**12
actuals = st.one_of(
    st.decimals(min_value=-100, max_value=2_000_000, places=2),
    st.decimals(min_value=-HUGE, max_value=HUGE, places=6),
    st.decimals(min_value=0, max_value=2, places=10),
    st.integers(min_value=0, max_value=3).map(Decimal),
)
targets = st.one_of(
    st.decimals(min_value=Decimal("0.01"), max_value=2_000_000, places=2),
    st.decimals(min_value=Decimal("0.000001"), max_value=HUGE, places=6),
    st.sampled_from([Decimal("0.2"), Decimal(3), Decimal(1_000_000)]),
)
shares = st.one_of(
    st.just(Fraction(1)),
    st.tuples(st.integers(min_value=1, max_value=130), st.integers(min_value=130, max_value=250)).map(
        lambda pair: Fraction(*pair)
    ),
)


def _text(value: Decimal) -> str:
    return f"{value:f}"


_positive = st.decimals(min_value=Decimal("0.01"), max_value=500, places=2)
_quantise = st.sampled_from(["floor", "ceil", "exact"])


_texts = _positive.map(_text)
_bounds = st.one_of(
    _texts.map(lambda text: {"value": text}),
    st.sampled_from(["0.1", "0.5", "1", "1.2"]).map(lambda text: {"of_target": text}),
)
_limits = st.sampled_from([{}, {"cap": "120"}, {"floor": "-50", "cap": "80"}, {"floor": "10.5"}])
_wide_limits = st.sampled_from([{}, {"cap": "120"}, {"floor": "-50", "cap": "100"}, {"floor": "10.5"}])
"""A full mark of 100 lies within them."""
_narrow_points = st.decimals(min_value=Decimal("10.5"), max_value=80, places=2).map(_text)
"""All limits let them be."""


@st.composite
def steps(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "kind": "steps",
        "base": draw(st.sampled_from(["11", "60", "80"])),
        "anchor": draw(_bounds),
        "unit": draw(_bounds),
        "up": draw(_texts),
        "down": draw(st.one_of(st.just("proportional"), _texts)),
        "quantise_above": draw(_quantise),
        "quantise_below": draw(_quantise),
        **draw(_limits),
    }


direct_ratios = _limits.map(lambda limits: {"kind": "ratio", "form": "direct", **limits})
inverse_ratios = st.builds(
    lambda form, limits: {"kind": "ratio", "form": form, **limits},
    st.sampled_from(["complement", "inverse"]),
    _limits,
)


@st.composite
def bands(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.sampled_from(["value", "of_target"]))
    edges = sorted(draw(st.sets(_positive, min_size=1, max_size=5)))
    bounds = [None, *({name: _text(edge)} for edge in edges), None]
    levels = draw(st.lists(_narrow_points, min_size=len(edges) + 1, max_size=len(edges) + 1))
    listed = [{"from": a, "to": b, "points": p} for (a, b), p in zip(pairwise(bounds), levels, strict=True)]
    return {"kind": "bands", "bands": listed, **draw(_limits)}


@st.composite
def ratings(draw: st.DrawFn) -> dict[str, Any]:
    if draw(st.booleans()):
        return {"kind": "rating", "scale": {"lowest": "1", "highest": "5"}, **draw(_limits)}
    marks = sorted(draw(st.sets(st.integers(min_value=2, max_value=9), max_size=4)) | {1, 10})
    listed = [{"rating": str(mark), "points": draw(_narrow_points)} for mark in marks]
    return {"kind": "rating", "levels": listed, **draw(_limits)}


def interpolations(*, lower: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """A baseline on the worse side of whatever the target is, which is above 0."""
    share = st.sampled_from(["1.5", "3"] if lower else ["0.1", "0.8"])
    worse = st.just({"value": "1000000000001"}) if lower else st.sampled_from(["0", "-20.5"]).map(_value)
    baseline = st.one_of(share.map(_of_target), worse)
    return st.builds(lambda at, limits: {"kind": "interpolation", "baseline": at, **limits}, baseline, _limits)


def efficacies(*, lower: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    pairs = [
        (_of_target("0.7"), _of_target("1")),
        (_value("-3"), _value("12.5")),
        (_value("0"), _of_target("1.1")),
    ]
    turned = [(better, worse) for worse, better in pairs]
    return st.builds(
        lambda pair, limits: {"kind": "efficacy", "unacceptable": pair[0], "satisfactory": pair[1], **limits},
        st.sampled_from(turned if lower else pairs),
        _limits,
    )


binaries = st.builds(
    lambda at, limits: {"kind": "binary", **({} if at is None else {"threshold": at}), **limits},
    st.one_of(st.none(), _bounds),
    _wide_limits,
)
deductions = st.builds(lambda each, limits: {"kind": "deduction", "each": each, **limits}, _texts, _limits)


def _value(text: str) -> dict[str, str]:
    return {"value": text}


def _of_target(text: str) -> dict[str, str]:
    return {"of_target": text}


def rules_for(metric: str) -> st.SearchStrategy[dict[str, Any]]:
    """Rules that a metric's direction and nature allow."""
    if metric == "teamwork":
        return ratings()
    lower = metric == "overdue"
    either = st.one_of(steps(), bands(), binaries, interpolations(lower=lower), efficacies(lower=lower))
    return st.one_of(either, inverse_ratios, deductions) if lower else st.one_of(either, direct_ratios)


ruled = st.sampled_from(["sales", "overdue", "teamwork"]).flatmap(
    lambda metric: st.tuples(st.just(metric), rules_for(metric))
)
"""A metric and a rule that may score it."""
