"""Dimensions of a result as data, each with its sentence."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import floor
from typing import Any

from services.performance.domain.schemes.item import PointsBasis
from services.performance.domain.scoring.dimensions import Dimension
from services.performance.domain.scoring.states import CardState
from services.performance.domain.texts import Texts, percent, shown
from shared.core.decimals import plain

_OPENING = Texts("{name}：权重 {weight}", "{name}: weight {weight}")
_OTHERS = Texts("其他指标", "Other items")
_POINTS: Mapping[PointsBasis, Texts] = {
    "item": Texts("，加权平均 {points} 分", ", {points} points on average"),
    "weight": Texts("，得 {points} 分", ", {points} points"),
}
_CONTRIBUTION = Texts("，计入合计 {contribution} 分", ", adds {contribution} to the sum")
_STATES: Mapping[CardState, Texts] = {
    CardState.COMPLETE: Texts("。", "."),
    CardState.PENDING: Texts(
        "，尚有数据未到，已计分权重 {scored}。", "; data is outstanding, weight {scored} is scored."
    ),
    CardState.BLOCKED: Texts("，有指标无法计分。", "; an item of it cannot be scored."),
    CardState.UNGRADED: Texts("，不适用或无数据，已剔除。", "; all of it is taken out."),
}


def dimension_documents(dimensions: Sequence[Dimension]) -> list[dict[str, Any]]:
    """Write dimensions down; weights are cut to whole basis points, points and contributions have 6 places at most."""
    return [
        {
            "key": each.key,
            "state": each.state.label,
            "points_basis": each.points_basis,
            "weight": floor(each.weight),
            "scored_weight": floor(each.scored_weight),
            "points": None if each.points is None else plain(each.points),
            "contribution": plain(each.shown_contribution),
            "sentence": _texts(each).to_document(),
        }
        for each in dimensions
    ]


def _texts(dimension: Dimension) -> Texts:
    """Say in one sentence what a dimension came to."""
    parts, basis = [_OPENING], dimension.points_basis
    parts += [] if dimension.points is None or basis is None else [_POINTS[basis]]
    parts += [_CONTRIBUTION] if dimension.scored_weight else []
    return sum([*parts, _STATES[dimension.state]], Texts("", "")).filled(
        name=_OTHERS if dimension.key is None else dimension.key,
        weight=percent(floor(dimension.weight)),
        scored=percent(floor(dimension.scored_weight)),
        points=shown(dimension.points or Decimal(0)),
        contribution=shown(dimension.shown_contribution),
    )
