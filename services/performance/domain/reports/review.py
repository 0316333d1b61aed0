"""The reports of a cycle: for each published scorecard what stands out, compared with peers and with one's own past."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from services.performance.domain.explaining.dimension_texts import dimension_documents
from services.performance.domain.reports.recommendation import Recommendation
from services.performance.domain.reports.report import write_report
from services.performance.domain.reports.signals import ItemFacts
from services.performance.domain.schemes.assignment import Version
from services.performance.domain.schemes.item import SchemeItem
from services.performance.domain.schemes.rubric import DEFAULT_RUBRIC
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.scoring.actuals import Actual
from services.performance.domain.scoring.cards import ItemInput, SegmentInput, score_cards
from services.performance.domain.scoring.dimensions import dimensions_of, part_of_total
from services.performance.domain.scoring.scorecard import Result, Scorecard, ScoredItem
from services.performance.domain.scoring.states import ItemState
from services.performance.domain.scoring.timeline import share_of
from services.performance.domain.texts import Texts
from shared.core.decimals import plain, round_half_up
from shared.core.ids import derived_id


@dataclass(frozen=True, slots=True)
class PastPeriod:
    """What a person reached in an earlier period."""

    starts_on: date
    ends_on: date
    actuals: Mapping[str, Decimal]
    """By metric key."""
    total: Decimal | None
    grade: str | None

    def to_document(self) -> dict[str, Any]:
        total = None if self.total is None else plain(self.total)
        days = {"starts_on": self.starts_on.isoformat(), "ends_on": self.ends_on.isoformat()}
        return {**days, "total": total, "grade": self.grade}


@dataclass(frozen=True, slots=True)
class FiledReport:
    """A report as it is kept beside its scorecard."""

    id: UUID
    scorecard_id: UUID
    cycle_id: UUID
    employee_id: UUID
    department_id: UUID
    sequence: int
    total: Decimal | None
    grade: str | None
    document: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime


def review(
    cards: Sequence[Scorecard],
    *,
    schemes: Mapping[Version, Scheme],
    past: Mapping[UUID, Sequence[PastPeriod]],
    recommendations: Sequence[Recommendation],
    at: datetime,
) -> list[FiledReport]:
    """Write the report on every scorecard; peers share scheme and position, `past` is by employee, oldest first."""
    graded = [each for card in cards if (each := _Graded.of(card, schemes)) is not None]
    peers = _actuals_of_peers(graded)
    expected = _expected_points(graded)
    facts = {each.card.id: list(_facts(each, expected, peers, past)) for each in graded}
    by_card = {each.card.id: each for each in graded}
    return [
        _filed(
            card,
            facts.get(card.id, []),
            by_card.get(card.id),
            past,
            schemes=schemes,
            recommendations=recommendations,
            at=at,
        )
        for card in cards
    ]


@dataclass(frozen=True, slots=True)
class _Graded:
    """A scorecard with items, and the scheme version it was scored by."""

    card: Scorecard
    scheme: Scheme
    segment: int

    @classmethod
    def of(cls, card: Scorecard, schemes: Mapping[Version, Scheme]) -> "_Graded | None":
        """Take the segment with the most workdays of its own, of several the last: a report speaks of one role."""
        segments = list(enumerate(card.result.segments))
        if not segments:
            return None
        at, segment = max(segments, key=lambda pair: (pair[1].allotted_workdays, pair[0]))
        return None if segment.place.version is None else cls(card, schemes[segment.place.version], at)

    @property
    def lines(self) -> Iterator[tuple[SchemeItem, ScoredItem]]:
        return zip(self.scheme.items, self.card.result.items_of(self.segment), strict=True)

    def role(self, item: ScoredItem) -> "_Role":
        """Tell who else does the same: by scheme, position and item."""
        place = self.card.result.segments[self.segment].place
        return place.scheme_id, place.position_id, item.key

    @property
    def proration(self) -> Fraction:
        """The share of the cycle's workdays that the segment has."""
        return share_of(self.card.result.segments[self.segment].workdays, self.card.result.workdays)

    def asked_for(self, item: SchemeItem, line: ScoredItem) -> Decimal | None:
        """Give the target of the segment's days, to four places."""
        asked = (line.proration or self.proration) * (line.scale or 1)
        if line.target is None or not item.metric.cumulative or asked == 1:
            return line.target
        return round_half_up(Fraction(line.target) * asked, 4)

    def compares(self, item: SchemeItem) -> bool:
        """Tell whether the actual compares with others' and one's own past: what grows with time needs all of it."""
        return self.proration == 1 or not item.metric.cumulative

    @property
    def follows_weight(self) -> bool:
        return self.scheme.points_basis == "weight"


_Role = tuple[UUID | None, UUID, str]
_Actuals = Mapping[_Role, Mapping[UUID, Decimal]]


def _actuals_of_peers(cards: Sequence[_Graded]) -> _Actuals:
    found: dict[_Role, dict[UUID, Decimal]] = defaultdict(dict)
    for each in cards:
        for scored, item in each.lines:
            if item.actual is not None and each.compares(scored):
                found[each.role(item)][each.card.employee_id] = item.actual
    return found


def _facts(
    graded: _Graded,
    expected: Mapping[tuple[UUID, str], Decimal],
    peers: _Actuals,
    past: Mapping[UUID, Sequence[PastPeriod]],
) -> Iterator[ItemFacts]:
    """Gather what is known about each item that was scored from a number."""
    card = graded.card
    for item, line in graded.lines:
        if line.actual is None or line.points is None:
            continue
        comparable = graded.compares(item)
        yield ItemFacts(
            key=item.key,
            metric=item.metric.key,
            name=item.name,
            direction=item.metric.direction,
            weight=line.weight,
            actual=line.actual,
            points=line.points,
            full_mark=Decimal(line.weight) / 100 if graded.follows_weight else item.full_mark("item"),
            expected_points=expected.get((card.id, item.key), line.points),
            target=graded.asked_for(item, line),
            peers=_others(peers[graded.role(line)], card.employee_id) if comparable else [],
            history=_reached(past.get(card.employee_id, ()), item.metric.key) if comparable else [],
        )


def _others(actuals: Mapping[UUID, Decimal], employee_id: UUID) -> list[Decimal]:
    return [actual for person, actual in actuals.items() if person != employee_id]


def _reached(periods: Iterable[PastPeriod], metric: str) -> list[Decimal]:
    return [period.actuals[metric] for period in periods if metric in period.actuals]


def _expected_points(cards: Sequence[_Graded]) -> Mapping[tuple[UUID, str], Decimal]:
    """Score people who reach each target exactly, under the same weights; by scorecard and item."""
    segments = [
        [SegmentInput(each.scheme, {item.key: _on_target(item, line) for item, line in each.lines})] for each in cards
    ]
    scored = score_cards(segments, rubric=DEFAULT_RUBRIC, final=False)
    return {
        (each.card.id, line.key): line.points
        for each, score in zip(cards, scored, strict=True)
        for line in score.segments[0]
        if line.points is not None
    }


def _on_target(item: SchemeItem, line: ScoredItem) -> ItemInput:
    reached = item.rule.on_target(line.target)
    if reached is None:
        return ItemInput(Actual(ItemState.PENDING), line.target, line.weight)
    return ItemInput(Actual(ItemState.VALUE, reached[0]), reached[1], line.weight)


def _filed(
    card: Scorecard,
    facts: Sequence[ItemFacts],
    graded: _Graded | None,
    past: Mapping[UUID, Sequence[PastPeriod]],
    *,
    schemes: Mapping[Version, Scheme],
    recommendations: Sequence[Recommendation],
    at: datetime,
) -> FiledReport:
    report = write_report(
        facts,
        total=card.result.total,
        grade=card.result.grade,
        grade_name=_grade_name(card.result, schemes),
        follow_points=graded is not None and graded.follows_weight,
        part=Fraction(1) if graded is None else part_of_total(card.result, schemes, segment=graded.segment),
        recommendations=recommendations,
    )
    history = [period.to_document() for period in past.get(card.employee_id, ())]
    beside = {"dimensions": dimension_documents(dimensions_of(card.result, schemes)), "history": history}
    return FiledReport(
        id=derived_id("report", card.id),
        scorecard_id=card.id,
        cycle_id=card.cycle_id,
        employee_id=card.employee_id,
        department_id=card.department_id,
        sequence=card.sequence,
        total=card.result.total,
        grade=card.result.grade,
        document={**report.to_document(), **beside},
        created_at=at,
        updated_at=at,
    )


def _grade_name(result: Result, schemes: Mapping[Version, Scheme]) -> Texts | None:
    """Name the grade as the scheme does that grades the whole."""
    version = None if result.closing is None else result.closing.version
    grades = () if version is None else schemes[version].rubric.grades
    return next((grade.name for grade in grades if grade.key == result.grade), None)
