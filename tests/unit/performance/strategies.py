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
_positive = st.decimals(min_value=Decimal("0.01"), max_value=500, places=2)
_quantise = st.sampled_from(["floor", "ceil", "exact"])


def _text(value: Decimal) -> str:
    return f"{value:f}"


_texts = _positive.map(_text)
_bounds = st.one_of(
    _texts.map(lambda text: {"value": text}),
    st.sampled_from(["0.1", "0.5", "1", "1.2"]).map(lambda text: {"of_target": text}),
)
_limits = st.sampled_from([{}, {"cap": "120"}, {"floor": "-50", "cap": "80"}, {"floor": "10.5"}])


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


@st.composite
def ratios(draw: st.DrawFn) -> dict[str, Any]:
    return {"kind": "ratio", "form": draw(st.sampled_from(["direct", "complement", "inverse"])), **draw(_limits)}


@st.composite
def bands(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.sampled_from(["value", "of_target"]))
    edges = sorted(draw(st.sets(_positive, min_size=1, max_size=5)))
    bounds = [None, *({name: _text(edge)} for edge in edges), None]
    levels = draw(st.lists(_texts, min_size=len(edges) + 1, max_size=len(edges) + 1))
    listed = [{"from": a, "to": b, "points": p} for (a, b), p in zip(pairwise(bounds), levels, strict=True)]
    return {"kind": "bands", "bands": listed, **draw(_limits)}


@st.composite
def ratings(draw: st.DrawFn) -> dict[str, Any]:
    if draw(st.booleans()):
        return {"kind": "rating", "scale": {"lowest": "1", "highest": "5"}, **draw(_limits)}
    marks = sorted(draw(st.sets(st.integers(min_value=2, max_value=9), max_size=4)) | {1, 10})
    listed = [{"rating": str(mark), "points": draw(_texts)} for mark in marks]
    return {"kind": "rating", "levels": listed, **draw(_limits)}


rules = st.one_of(steps(), ratios(), bands(), ratings())
