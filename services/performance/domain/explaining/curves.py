"""The curve of an item as data and as a picture, against a target and with somebody's actual on it."""

from fractions import Fraction
from typing import Any

from services.performance.domain.exact import IntArray
from services.performance.domain.rules.curve import Curve, Slope
from services.performance.domain.rules.picture import Mark, picture
from services.performance.domain.schemes.item import SchemeItem
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.cards import ItemInput, column_of
from services.performance.domain.scoring.item_scoring import ItemColumn, basis_of, score_item
from services.performance.domain.scoring.states import ItemCode
from services.performance.domain.texts import exact_text

FORMULAS = {
    "constant": "points",
    "slope": "points + rise * quantise((actual - at) / run)",
    "hyperbola": "product / actual",
}
_TARGET_FAULTS = frozenset(
    {ItemCode.TARGET_MISSING, ItemCode.TARGET_ZERO, ItemCode.TARGET_NEGATIVE, ItemCode.TARGET_MISPLACED}
)


def describe_curve(scheme: Scheme, item: SchemeItem, given: ItemInput) -> dict[str, Any]:
    """Lay open the pieces of an item's rule, in the rule's own points, for one person's target and days.

    The point is that of the actual, where it is known; ask `target_fault` before.
    """
    column = column_of([given], item.weight)
    basis = basis_of(scheme, item, column)
    curve = item.rule.curve(basis)
    target = None if basis.target is None else (basis.target * basis.proration).fraction()
    needed = item.rule.target_need != "none"
    return {
        "item": item.key,
        "metric": item.metric.key,
        "rule": item.rule.kind,
        "direction": item.direction,
        "full_mark": exact_text(basis.full_mark.fraction()),
        "floor": exact_text(curve.floor.fraction()),
        "cap": exact_text(curve.cap.fraction()),
        "target": exact_text(target) if needed and target is not None else None,
        "pieces": [piece_document(curve, at) for at in range(len(curve.pieces))],
        "point": _point(curve, column, given),
        "svg": picture(
            curve,
            title=item.name,
            marks=[Mark("T", target)] if needed and target is not None else [],
            point=None if given.actual.value is None else Mark("A", Fraction(given.actual.value)),
        ),
    }


def piece_document(curve: Curve, at: int) -> dict[str, Any]:
    """Describe a piece: its formula, the numbers in it, and the actuals for which it holds."""
    piece = curve.pieces[at]
    document: dict[str, Any] = {
        "name": piece.name,
        "shape": piece.form.shape,
        "formula": FORMULAS[piece.form.shape],
        "terms": {name: exact_text(value.fraction()) for name, value in piece.form.terms().items()},
        "from": _edge(curve, at),
        "to": _edge(curve, at + 1) if at + 1 < len(curve.pieces) else None,
    }
    if isinstance(piece.form, Slope):
        document["quantise"] = piece.form.quantise
    return document


def _edge(curve: Curve, at: int) -> str | None:
    start = curve.pieces[at].start
    return None if start is None else exact_text(start.fraction())


def _point(curve: Curve, column: ItemColumn, given: ItemInput) -> dict[str, Any] | None:
    if given.actual.value is None:
        return None
    found = curve.evaluate(column.actuals, count=1)
    at: IntArray = found.piece
    return {
        "actual": exact_text(column.actuals.fraction()),
        "piece": curve.pieces[int(at[0])].name,
        "points": exact_text(found.points.fraction()),
    }


def target_fault(scheme: Scheme, item: SchemeItem, given: ItemInput) -> ItemCode | None:
    """Say why the rule has no meaning for a target, as the engine does of an actual that is surely a number."""
    column = column_of([given.with_any_actual()], item.weight)
    code = ItemCode(int(score_item(scheme, item, column, final=False).codes[0]))
    return code if code in _TARGET_FAULTS else None
