"""Shows curves: of a scheme version's item and of a metric at any target and actual, of a scorecard with its point."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.performance.domain.explaining.curves import describe_curve, target_fault
from services.performance.domain.explaining.shown import Shown
from services.performance.domain.rules import Rule
from services.performance.domain.schemes.item import SchemeItem
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.actuals import Actual
from services.performance.domain.scoring.cards import ItemInput
from services.performance.domain.scoring.states import ItemState
from services.performance.usecases.ports import Work
from shared.core.access import Reach
from shared.core.errors import Conflict, Invalid, NotFound
from shared.core.paging import Page, PageRequest

_SCHEMES_A_PAGE = 20
"""Each curve is drawn while others wait."""
_UNKNOWN = Actual(ItemState.PENDING)


async def show_scheme_curve(
    work: Work, scheme_id: UUID, number: int, key: str, *, target: Decimal | None, actual: Decimal | None = None
) -> Mapping[str, Any]:
    """Show an item, a bonus or a penalty of a version; without a target the item's default one counts.

    An `actual` shows the point it would give. Raises NotFound, Invalid (`target_unusable`, `actual_off_scale`).
    """
    async with work() as uow:
        scheme = (await uow.inputs.schemes([(scheme_id, number)])).get((scheme_id, number))
    if scheme is None:
        raise NotFound.of("scheme version")
    item = next((each for each in (*scheme.items, *scheme.adjustments) if each.key == key), None)
    if item is None:
        raise NotFound.of("item")
    return _tried(scheme, item, target=target, actual=actual)


async def list_metric_curves(
    work: Work, metric_id: UUID, page: PageRequest, *, target: Decimal | None, actual: Decimal | None
) -> Page:
    """List by scheme how the versions published last turn a metric into points, conditions of vetoes included.

    `target` stands in for every default one; where a rule can use the target or the actual is told rule by rule.
    A page has at most 20 schemes. Raises NotFound.
    """
    page = replace(page, limit=min(page.limit, _SCHEMES_A_PAGE))
    async with work() as uow:
        key, metrics = await uow.metrics.key_of(metric_id), await uow.metrics.by_key()
        found = await uow.scheme_versions.current_with(key, page)
    schemes = [Scheme.accepted(row["document"], metrics=metrics) for row in found.rows]
    uses = [list(_uses(scheme, key, target=target, actual=actual)) for scheme in schemes]
    return replace(found, rows=[{**row, "uses": listed} for row, listed in zip(found.rows, uses, strict=True)])


def _uses(
    scheme: Scheme, metric: str, *, target: Decimal | None, actual: Decimal | None
) -> Iterator[Mapping[str, Any]]:
    for item in scheme.counted:
        if item.metric.key != metric:
            continue
        use = {"item": item.key, "name": item.name, "role": item.role, "weight": item.weight}
        try:
            yield {**use, "curve": _tried(scheme, item, target=target, actual=actual)}
        except Invalid as fault:
            yield {**use, "undefined": {"code": fault.code, "detail": fault.detail}}


def _tried(scheme: Scheme, item: SchemeItem, *, target: Decimal | None, actual: Decimal | None) -> Mapping[str, Any]:
    """Describe a curve with a target and an actual that nobody has. Raises Invalid."""
    given = ItemInput(_UNKNOWN if actual is None else _known(actual, item.rule), target)
    if fault := target_fault(scheme, item, given):
        raise Invalid.at("#/query/target", "target_unusable", f"The rule has no meaning for it: {fault.label}.")
    return describe_curve(scheme, item, given)


def _known(actual: Decimal, rule: Rule) -> Actual:
    if rule.scale is not None and not rule.scale[0] <= actual <= rule.scale[1]:
        raise Invalid.at("#/query/actual", "actual_off_scale", "It lies off the rule's scale.")
    return Actual(ItemState.VALUE if actual else ItemState.ZERO, actual)


async def show_scorecard_curve(
    work: Work, reach: Reach, scorecard_id: UUID, key: str, *, segment: int, as_of: datetime | None = None
) -> Mapping[str, Any]:
    """Show an item as it scores somebody in a segment, or did `as_of`.

    Raises NotFound, Conflict (`curve_undefined`).
    """
    async with work() as uow:
        card = await uow.scorecards.read(scorecard_id, as_of=as_of)
        card.refuse_beyond(reach, tree=await uow.org.tree(), day=uow.today())
        if not card.result.segments:
            raise NotFound.of("item")
        schemes = await uow.inputs.schemes(card.result.versions)
    scheme, item, given = Shown(card.result, schemes).item(key, segment=segment)
    if fault := target_fault(scheme, item, given):
        raise Conflict("curve_undefined", f"The rule of this item has no meaning for its target: {fault.label}.")
    return describe_curve(scheme, item, given)
