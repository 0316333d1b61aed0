"""Scores people by what is measured of them, and tells what each result was computed from."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import orjson

from services.performance.domain.schemes.assignment import Place, Version
from services.performance.domain.schemes.item import SchemeItem
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.cards import CardScore, ItemScore, OverallInput, score_cards
from services.performance.domain.scoring.scorecard import NOTHING, Result, ScoredItem
from services.performance.domain.scoring.scoree import Answers, Scoree
from services.performance.domain.scoring.states import ItemCode
from services.performance.domain.scoring.timeline import WHOLE, Stretch
from shared.core.decimals import shortest


def score_people(
    people: Sequence[Scoree],
    answers: Answers,
    *,
    schemes: Mapping[Version, Scheme],
    final: bool,
    minimum_workdays: int = 0,
) -> list[Result]:
    """Score `people`, in their order; all who end under the same scheme version are scored together."""
    groups: dict[Version, list[int]] = defaultdict(list)
    for at, person in enumerate(people):
        if person.stretches:
            groups[person.closing].append(at)
    results = [NOTHING] * len(people)
    for version, members in groups.items():
        scheme, group = schemes[version], [people[at] for at in members]
        scored = score_cards(
            [person.segments(schemes, answers) for person in group],
            rubric=scheme.rubric,
            final=final,
            minimum_workdays=minimum_workdays,
            overall=OverallInput(scheme, [person.overall(scheme, answers) for person in group]),
        )
        for at, person, card in zip(members, group, scored, strict=True):
            results[at] = _result(person, schemes, card)
    return results


def input_hash(place: Place, result: Result, *, final: bool, minimum_workdays: int) -> str:
    """Fingerprint what a result was computed from: under the same scheme versions the same gives the same result.

    These are the versions, days and workdays, and of each item weight, target, actual and why there may be none.
    """
    numbers = [
        [
            item.segment,
            item.key,
            item.weight,
            item.state,
            item.code,
            _text(item.target),
            _text(item.actual),
            *_own(item),
        ]
        for item in (*result.items, *result.overall)
    ]
    segments = [
        [str(each.place.scheme_id), each.place.scheme_version, *_days(each), *_beside(each)] for each in result.segments
    ]
    asked = [final, minimum_workdays, result.workdays]
    inputs = [str(place.scheme_id), place.scheme_version, *asked, segments, numbers]
    return hashlib.sha256(orjson.dumps(inputs)).hexdigest()


def _days(stretch: Stretch) -> list[Any]:
    return [stretch.period.starts_on, stretch.period.ends_on, stretch.workdays]


def _beside(stretch: Stretch) -> list[Any]:
    """Tell absence, part-time and other positions where there are any."""
    beside = [] if stretch.allocation == 1 else [str(stretch.allocation)]
    return beside if not stretch.absent and stretch.fte == 1 else [stretch.absent, str(stretch.fte), *beside]


def _own(item: ScoredItem) -> list[str | None]:
    """Tell how a line is prorated where it is not by workdays alone."""
    own = (item.proration, item.scale)
    return [] if own == (None, None) else [None if each is None else str(each) for each in own]


def _result(person: Scoree, schemes: Mapping[Version, Scheme], card: CardScore) -> Result:
    lines = [
        _item(item, line, person.share_in(stretch), segment=at)
        for at, ((stretch, scheme), own) in enumerate(zip(person.by_scheme(schemes), card.segments, strict=True))
        for item, line in zip(scheme.items, own, strict=True)
    ]
    beside = zip(schemes[person.closing].overall, card.overall, strict=True)
    return Result(
        state=card.state.label,
        total=card.total,
        grade=card.grade,
        scored_weight=card.scored_weight,
        segments=person.stretches,
        workdays=person.prorating.workdays,
        items=tuple(lines),
        overall=tuple(_item(item, line, person.share_in(person.whole)) for item, line in beside),
        before_veto=card.before_veto,
    )


def _item(item: SchemeItem, line: ItemScore, share: Fraction, *, segment: int = 0) -> ScoredItem:
    return ScoredItem(
        key=item.key,
        metric=item.metric.key,
        name=item.name,
        weight=line.weight,
        state=line.state.label,
        code=None if line.code is ItemCode.NONE else line.code.label,
        target=_shortest(line.target),
        actual=_shortest(line.actual),
        points=_shortest(line.points),
        role=item.role,
        segment=segment,
        proration=_unless(share, line.proration),
        scale=_unless(WHOLE, line.scale),
    )


def _unless(usual: Fraction, value: Fraction) -> Fraction | None:
    """Tell a fraction that is not the usual one; to compare objects first spares most comparisons of numbers."""
    return None if value is usual or value == usual else value


def _shortest(value: Decimal | None) -> Decimal | None:
    """Drop zeros that only say how a number was stored."""
    return None if value is None else shortest(value)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
