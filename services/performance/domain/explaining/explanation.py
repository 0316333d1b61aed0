"""Explains one scorecard: every number that led to its total, as data and as sentences.

Numbers are exact texts (decimals, or `n/d` where a decimal has no end); the total follows from them alone.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from services.performance.domain.exact import Rationals
from services.performance.domain.explaining.curves import piece_document
from services.performance.domain.explaining.explanation_texts import card_texts, effect_texts, item_texts
from services.performance.domain.rules.curve import Curve, Evaluation, Slope
from services.performance.domain.schemes.item import SchemeItem
from services.performance.domain.schemes.rubric import Rubric
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.schemes.veto import Veto
from services.performance.domain.scoring.cards import (
    CardScore,
    ItemScore,
    OverallInput,
    SegmentInput,
    columns_of,
    overall_columns,
    score_cards,
)
from services.performance.domain.scoring.engine import score_segment
from services.performance.domain.scoring.item_scoring import ItemColumn, basis_of, points_scale
from services.performance.domain.scoring.scorecard import Verdict
from services.performance.domain.scoring.states import CardState, ItemCode
from services.performance.domain.texts import exact_text
from shared.core.decimals import plain


def explain(
    card: Sequence[SegmentInput],
    *,
    rubric: Rubric,
    final: bool,
    minimum_workdays: int = 0,
    overall: OverallInput | None = None,
) -> dict[str, Any]:
    """Score `card` again and lay open how: items of each segment, their sum, what acts on it, rounding, grade."""
    (scored,) = score_cards([card], rubric=rubric, final=final, minimum_workdays=minimum_workdays, overall=overall)
    segments = [_segment(given, lines, final=final) for given, lines in zip(card, scored.segments, strict=True)]
    document = {
        "state": scored.state.label,
        "final": final,
        "segments": segments,
        "sum": _combined(segments),
        **_overall(scored, overall),
        "total_floor": None if rubric.floor is None else plain(rubric.floor),
        "total_cap": None if rubric.cap is None else plain(rubric.cap),
        **Verdict(scored.total, scored.grade).to_document(),
        "scored_weight": scored.scored_weight,
    }
    return {**document, "sentence": _card_texts(document, scored, rubric)}


def _card_texts(document: dict[str, Any], scored: CardScore, rubric: Rubric) -> dict[str, str]:
    names = {grade.key: grade.name for grade in rubric.grades}
    grade = names[scored.grade] if scored.grade is not None else None
    return card_texts(scored.state, document, grade=grade).to_document()


def _overall(scored: CardScore, overall: OverallInput | None) -> dict[str, Any]:
    """Show bonuses and penalties with their working, and of each veto whether it fired and what that leaves."""
    if overall is None:
        return {"adjustments": [], "added": "0", "vetoes": [], "before_veto": None}
    scheme, columns = overall.scheme, overall_columns(overall)
    lines = {line.key: line for line in scored.overall}
    before = scored.before_veto
    signs = {item.key: -1 if item.role == "penalty" else 1 for item in scheme.adjustments}
    added = sum((Fraction(lines[key].points or 0) * sign for key, sign in signs.items()), Fraction(0))
    return {
        "adjustments": [
            {**_item(scheme, item, columns[item.key], lines[item.key]), "role": item.role}
            for item in scheme.adjustments
        ],
        "added": exact_text(added),
        "vetoes": [_veto(scheme, veto, columns[veto.key], lines[veto.key]) for veto in scheme.vetoes],
        "before_veto": before and before.to_document(),
    }


def _veto(scheme: Scheme, veto: Veto, column: ItemColumn, line: ItemScore) -> dict[str, Any]:
    document = _item(scheme, veto.item, column, line)
    fired = None if line.points is None else bool(line.points)
    acts = {name: veto.to_document()[name] for name in ("when", "scope", "effect")}
    sentence = item_texts(document, line.code, role="veto", prorated=veto.item.rule.prorated)
    if fired:
        names = {grade.key: grade.name for grade in scheme.rubric.grades}
        sentence += effect_texts(veto, part=_part(scheme, veto), grade=names.get(veto.effect.grade or ""))
    return {**document, **acts, "fired": fired, "sentence": sentence.to_document()}


def _part(scheme: Scheme, veto: Veto) -> str | None:
    """Name the item or dimension that a veto limits; of the total there is nothing to name."""
    if veto.scope.kind != "item":
        return veto.scope.key
    return next((item.name for item in scheme.items if item.key == veto.scope.key), veto.scope.key)


def _segment(given: SegmentInput, lines: Sequence[ItemScore], *, final: bool) -> dict[str, Any]:
    columns = columns_of([given])
    scores = score_segment(given.scheme, columns, final=final)
    items = [
        _item(given.scheme, item, columns[item.key], line) for item, line in zip(given.scheme.items, lines, strict=True)
    ]
    return {
        "state": CardState(int(scores.states[0])).label,
        "workdays": given.workdays,
        "allocation": exact_text(given.allocation),
        "points_basis": given.scheme.points_basis,
        "items": items,
        "scored_weight": int(scores.scored_weight[0]),
        "kept_weight": int(scores.kept_weight[0]),
        "sum": exact_text(scores.sums.fraction()),
    }


def _item(scheme: Scheme, item: SchemeItem, column: ItemColumn, line: ItemScore) -> dict[str, Any]:
    proration = column.proration.fraction() if item.metric.cumulative else Fraction(1)
    document = {
        "key": item.key,
        "name": item.name,
        "metric": item.metric.key,
        "state": line.state.label,
        "code": None if line.code is ItemCode.NONE else line.code.label,
        "actual": None if line.actual is None else plain(line.actual),
        "target": None if line.target is None else plain(line.target),
        "proration": exact_text(proration),
        "target_proration": exact_text(proration * line.scale),
        "rule": item.rule.kind,
        "share": exact_text(column.share.fraction() if item.metric.cumulative else Fraction(1)),
        "dimension": item.dimension,
        "weight": line.weight,
        "working": None if line.points is None else _working(scheme, item, column),
        "points": None if line.points is None else plain(line.points),
        "weighted": None if line.weighted is None else plain(line.weighted),
    }
    said = item_texts(document, line.code, role=item.role, prorated=item.rule.prorated)
    return {**document, "sentence": said.to_document()}


def _working(scheme: Scheme, item: SchemeItem, column: ItemColumn) -> dict[str, Any]:
    """Show which piece of the curve the actual fell into, and the arithmetic there up to the item's points."""
    curve = item.rule.curve(basis_of(scheme, item, column))
    found = curve.evaluate(column.actuals, count=1)
    scale = points_scale(scheme, item, np.array([item.weight]) if column.weights is None else column.weights)
    floor, cap = curve.floor.fraction(), curve.cap.fraction()
    unclamped = found.unclamped.fraction()
    return {
        "actual": exact_text(column.actuals.fraction()),
        "piece": _piece(curve, found, column.actuals),
        "unclamped": exact_text(unclamped),
        "floor": exact_text(floor),
        "cap": exact_text(cap),
        "limited_by": "floor" if unclamped < floor else "cap" if unclamped > cap else None,
        "full_mark": plain(item.full_mark(scheme.points_basis)),
        "scale": exact_text(scale.fraction()),
    }


def _piece(curve: Curve, found: Evaluation, actual: Rationals) -> dict[str, Any]:
    at = int(found.piece[0])
    document, form = piece_document(curve, at), curve.pieces[at].form
    return {**document, "count": exact_text(form.count_at(actual).fraction())} if isinstance(form, Slope) else document


def _combined(segments: Sequence[dict[str, Any]]) -> str | None:
    """Average the segments that count by workdays; None where nothing counts."""
    counting = [part for part in segments if part["state"] != CardState.UNGRADED.label]
    days = [part["workdays"] * Fraction(part["allocation"]) for part in counting]
    if not any(days):
        return None
    sums = (Fraction(part["sum"]) * own for part, own in zip(counting, days, strict=True))
    return exact_text(sum(sums, Fraction(0)) / sum(days))
