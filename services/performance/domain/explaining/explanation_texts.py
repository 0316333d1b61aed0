"""The sentences of an explanation, as templates in both languages."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from services.performance.domain.schemes.item import Role
from services.performance.domain.schemes.veto import ScopeKind, Veto
from services.performance.domain.scoring.states import CardState, ItemCode
from services.performance.domain.texts import Texts, percent, shown

_OPENING = Texts("{name}：实际 {actual}", "{name}: actual {actual}")
_TARGET = Texts("，目标 {target}", ", target {target}")
_PRORATED = Texts("（按工作日折算 {proration}）", " (prorated by workdays, {proration})")

_PIECES: Mapping[str, Texts] = {
    "beyond_anchor": Texts(
        "；达到 {at} 得 {points} 分，每超 {unit} 加 {rise} 分，计 {count} 个单位{how}，得 {unclamped} 分",
        "; {points} points at {at}, +{rise} for each {unit} beyond, {count} units{how}: {unclamped} points",
    ),
    "short_of_anchor": Texts(
        "；未达到 {at}（{points} 分），每差 {unit} 扣 {drop} 分，计 {count} 个单位{how}，得 {unclamped} 分",
        "; short of {at} ({points} points), -{drop} for each {unit} short, {count} units{how}: {unclamped} points",
    ),
    "direct": Texts("；{rise} × 实际 ÷ {run} = {unclamped} 分", "; {rise} × actual ÷ {run} = {unclamped} points"),
    "complement": Texts(
        "；{points} × (2 - 实际 ÷ {at}) = {unclamped} 分", "; {points} × (2 - actual ÷ {at}) = {unclamped} points"
    ),
    "inverse": Texts("；{product} ÷ 实际 = {unclamped} 分", "; {product} ÷ actual = {unclamped} points"),
    "nothing_at_all": Texts(
        "；实际不大于零，计最高的 {unclamped} 分", "; nothing or less earns the most, {unclamped} points"
    ),
    "scale": Texts("；按评分量表折算为 {unclamped} 分", "; {unclamped} points on the rating scale"),
    "interpolation": Texts(
        "；{rise} × (实际 - {at}) ÷ {run} = {unclamped} 分", "; {rise} × (actual - {at}) ÷ {run} = {unclamped} points"
    ),
    "efficacy": Texts(
        "；{points} + {rise} × (实际 - {at}) ÷ {run} = {unclamped} 分",
        "; {points} + {rise} × (actual - {at}) ÷ {run} = {unclamped} points",
    ),
    "below_levels": Texts("；低于最低一档，得 {unclamped} 分", "; below the lowest level: {unclamped} points"),
    "deduction": Texts(
        "；满分 {points}，每次扣 {drop} 分，得 {unclamped} 分",
        "; {points} points, -{drop} for each: {unclamped} points",
    ),
    "reached": Texts("；已达到，得 {unclamped} 分", "; reached: {unclamped} points"),
    "missed": Texts("；未达到，得 {unclamped} 分", "; not reached: {unclamped} points"),
    "fired": Texts("；触发否决", "; the veto fires"),
    "spared": Texts("；未触发否决", "; the veto does not fire"),
    "constant": Texts("；落在得 {unclamped} 分的区间", "; in the band of {unclamped} points"),
    "slope": Texts(
        "；{at} 处 {points} 分，每 {run} 计 {rise} 分，得 {unclamped} 分",
        "; {points} points at {at}, {rise} for each {run}: {unclamped} points",
    ),
}
_DEDUCTION_IN_PART = Texts(
    "；满分 {points}，每次扣 {drop} 分，除以本段占本人工作日的 {unit}，即本段每次扣 {cost} 分，得 {unclamped} 分",
    "; {points} points, -{drop} for each over the segment's share {unit} of the person's days, that is -{cost} here: "
    "{unclamped} points",
)
_HOW = {"floor": Texts("（向下取整）", " (rounded down)"), "ceil": Texts("（向上取整）", " (rounded up)")}
_LIMITED = {
    "floor": Texts("，不低于 {floor} 分", ", not below {floor}"),
    "cap": Texts("，封顶 {cap} 分", ", capped at {cap}"),
}
_SCALED = Texts("，按权重折算为 {final} 分", ", {final} points at this weight")
_CLOSINGS: Mapping[Role, Texts] = {
    "weighted": Texts("；权重 {weight}，计 {weighted} 分。", "; weight {weight}, adds {weighted}."),
    "bonus": Texts("；加 {weighted} 分。", "; adds {weighted}."),
    "penalty": Texts("；扣 {weighted} 分。", "; takes {weighted} off."),
    "veto": Texts("。", "."),
}
_AT_MOST: Mapping[ScopeKind, Texts] = {
    "item": Texts("指标「{part}」不超过 {limit} 分。", " Item {part} gives {limit} at most."),
    "dimension": Texts("维度「{part}」不超过 {limit} 分。", " Dimension {part} gives {limit} at most."),
    "total": Texts("总分不超过 {limit} 分。", " The total is {limit} at most."),
}
_AT_BEST = Texts("等级不高于{grade}。", " The grade is {grade} at best.")

_CODES: Mapping[ItemCode, Texts] = {
    ItemCode.NONE: Texts("{name}：没有数据。", "{name}: there is no number."),
    ItemCode.NO_ROWS: Texts("{name}：没有数据，来源已声明完整。", "{name}: no data came, and its source is complete."),
    ItemCode.INCOMPLETE: Texts("{name}：等待数据来源声明完整。", "{name}: waiting for its source to be complete."),
    ItemCode.DENOMINATOR_ZERO: Texts("{name}：分母为零，无法计算。", "{name}: the ratio is over nothing."),
    ItemCode.VALUE_OUT_OF_RANGE: Texts("{name}：数值超出范围。", "{name}: the value is out of range."),
    ItemCode.TARGET_MISSING: Texts("{name}：目标尚未设定。", "{name}: its target is not set yet."),
    ItemCode.TARGET_ZERO: Texts("{name}：目标为零，无法计分。", "{name}: a target of zero cannot be scored."),
    ItemCode.TARGET_NEGATIVE: Texts("{name}：目标为负，无法计分。", "{name}: a negative target cannot be scored."),
    ItemCode.RATING_OFF_SCALE: Texts("{name}：评分不在量表之内。", "{name}: the rating is off its scale."),
    ItemCode.MISSING_AS_ZERO: Texts("{name}：缺数据，按零计。", "{name}: no data, counted as zero."),
    ItemCode.EXCLUDED: Texts("{name}：缺数据，剔除其权重。", "{name}: no data, its weight is taken out."),
    ItemCode.EXCLUSION_OVER_LIMIT: Texts(
        "{name}：剔除的权重超过上限。", "{name}: more weight is taken out than may be."
    ),
    ItemCode.TARGET_MISPLACED: Texts(
        "{name}：目标位于规则基准的错误一侧，无法计分。",
        "{name}: its target lies on the wrong side of the rule's baseline.",
    ),
    ItemCode.RATE_MISSING: Texts(
        "{name}：缺少换算汇率，暂不计分。", "{name}: an exchange rate is missing, so it is not scored yet."
    ),
    ItemCode.NOT_APPLICABLE: Texts(
        "{name}：不适用于本人，剔除其权重。", "{name}: does not apply to this person, its weight is taken out."
    ),
    ItemCode.SOURCE_STALE: Texts(
        "{name}：数据来源已过期，暂不计分。", "{name}: its source is stale, so it is not scored yet."
    ),
    ItemCode.CURRENCY_MIXED: Texts(
        "{name}：金额币种不一，且指标未规定币种，无法计分。",
        "{name}: its amounts are in several currencies, and the metric states none to count in.",
    ),
    ItemCode.CURRENCY_MISSING: Texts(
        "{name}：有金额未注明币种，无法计分。", "{name}: an amount without a currency cannot be scored."
    ),
    ItemCode.MISSING_BLOCKS: Texts("{name}：缺数据，按规定不得计分。", "{name}: no data, which forbids a score."),
}

_SUM = Texts("合计 {sum}", "Sum {sum}")
_ADDED = Texts("，加减分 {added}", ", bonuses less penalties {added}")
_VETOED = Texts("，否决前 {before}", ", {before} before vetoes")
_TOTAL = Texts("，总分 {total}", ", total {total}")
_GRADE = Texts("，等级{grade}。", ", grade {grade}.")
_STATES: Mapping[CardState, Texts] = {
    CardState.COMPLETE: Texts("。", "."),
    CardState.PENDING: Texts("，尚有数据未到，暂不评级。", "; data is outstanding, so there is no grade yet."),
    CardState.BLOCKED: Texts("有指标无法计分，没有总分。", "An item cannot be scored, so there is no total."),
    CardState.UNGRADED: Texts("本周期不评级。", "Not graded in this cycle."),
}


def item_texts(item: Mapping[str, Any], code: ItemCode, *, role: Role, prorated: bool) -> Texts:
    """Say in one sentence how an explained item came to its points, or why it has none.

    `prorated` tells whether its rule asks for less of a part of the period.
    """
    working = item["working"]
    if working is None:
        return _CODES[code].filled(name=item["name"])
    values = {**_words(working), "name": item["name"], "target": item["target"], "proration": item["target_proration"]}
    values |= {"weight": percent(item["weight"]), "weighted": _shown(item["weighted"]), "final": _shown(item["points"])}
    parts = [_OPENING]
    parts += [_TARGET] if item["target"] is not None else []
    parts += [_PRORATED] if prorated and item["target_proration"] != "1" else []
    parts += [_template(working["piece"])]
    parts += [_LIMITED[working["limited_by"]]] if working["limited_by"] else []
    parts += [_SCALED] if working["scale"] != "1" else []
    return sum([*parts, _CLOSINGS[role]], Texts("", "")).filled(**values)


def effect_texts(veto: Veto, *, part: str | None, grade: Texts | None) -> Texts:
    """Say what a veto that fired leaves, never more than there was; `part` and `grade` name what it limits."""
    if veto.effect.kind == "cap_grade":
        return _AT_BEST.filled(grade=grade)
    return _AT_MOST[veto.scope.kind].filled(part=part, limit=shown(veto.effect.limit))


def card_texts(state: CardState, card: Mapping[str, Any], *, grade: Texts | None) -> Texts:
    """Say in one sentence what the total and grade of an explained card are, or why there is none."""
    if card["total"] is None or card["sum"] is None:
        return _STATES[state]
    before = card["before_veto"] and card["before_veto"]["total"]
    parts = [_SUM]
    parts += [_ADDED] if card["adjustments"] else []
    parts += [_VETOED] if before is not None else []
    values = {"sum": _shown(card["sum"]), "added": _shown(card["added"]), "before": before, "total": card["total"]}
    opening = sum([*parts, _TOTAL], Texts("", "")).filled(**values)
    return opening + (_STATES[state] if grade is None else _GRADE.filled(grade=grade))


def _template(piece: Mapping[str, Any]) -> Texts:
    if piece["name"] == "deduction" and piece["terms"]["run"] != "1":
        return _DEDUCTION_IN_PART
    return _PIECES.get(piece["name"]) or _PIECES[piece["shape"]]


def _words(working: Mapping[str, Any]) -> dict[str, object]:
    piece = working["piece"]
    terms = {name: _shown(value) for name, value in piece["terms"].items()}
    numbers = {name: _shown(working[name]) for name in ("actual", "unclamped", "floor", "cap")}
    if piece["shape"] != "slope":
        return {**terms, **numbers}
    return {
        **terms,
        **numbers,
        "unit": _shown(str(abs(Fraction(piece["terms"]["run"])))),
        "drop": _shown(str(abs(Fraction(piece["terms"]["rise"])))),
        "cost": shown(abs(Fraction(piece["terms"]["rise"]) / Fraction(piece["terms"]["run"]))),
        "count": _shown(piece["count"]),
        "how": _HOW.get(piece["quantise"], Texts("", "")),
    }


def _shown(text: str) -> str:
    return shown(Fraction(text))
