"""Groups of people, what holds of several adjustments, what a decision may say, and the sentence about it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations, product
from uuid import UUID

import pytest

from services.performance.domain.calibration.calibration import effective
from services.performance.domain.calibration.decision import Decision
from services.performance.domain.calibration.distribution import report
from services.performance.domain.calibration.policy import DistributionPolicy, Population, QuotaRule
from services.performance.domain.calibration.populations import Group, Standing, groups_of
from services.performance.domain.calibration.quotas import Quota
from services.performance.domain.calibration.session import (
    Adjustment,
    Decider,
    in_force,
    last_applied,
    refuse_stale,
)
from services.performance.domain.calibration.texts import calibration_texts
from services.performance.domain.organisation import Department, DepartmentTree, Headship
from services.performance.domain.schemes.rubric import DEFAULT_GRADES, DEFAULT_RUBRIC
from services.performance.domain.scoring.scorecard import Verdict
from shared.core.access import Reach
from shared.core.errors import Conflict
from shared.core.ids import Uuid7

_ids = Uuid7()
AT = datetime(2026, 7, 10, tzinfo=UTC)
DAY = AT.date()
FAIR, GOOD = Verdict(Decimal("75.20"), "fair"), Verdict(Decimal("81.90"), "good")
HR = Decider("hr", "hr")
TOP, SALES, TEAM, FINANCE = (_ids.new() for _ in range(4))
CHIEF = _ids.new()
TREE = DepartmentTree(
    [
        Department(FINANCE, "F", "Finance", TOP),
        Department(SALES, "S", "Sales", TOP),
        Department(TEAM, "T", "Team", SALES),
        Department(TOP, "0", "Top", None, (Headship(CHIEF, "head", date(2020, 1, 1)),)),
    ]
)


def person(department_id: UUID, verdict: Verdict = FAIR) -> Standing:
    return Standing.of(_ids.new(), _ids.new(), department_id, computed=verdict)


def adjustment(to_grade: str = "good", *, to_total: Decimal | None = None, card: UUID | None = None) -> Adjustment:
    return Adjustment(
        id=_ids.new(),
        session_id=_ids.new(),
        cycle_id=_ids.new(),
        scorecard_id=card or _ids.new(),
        employee_id=_ids.new(),
        department_id=SALES,
        state="drafted",
        computed=FAIR,
        before=FAIR,
        to_total=to_total,
        to_grade=to_grade,
        reason="{braces} are no places",
        role="admin",
        decided_by="admin",
        created_at=AT,
    )


def test_levels_and_departments_hold_who_is_below_them() -> None:
    people = [person(TOP), person(SALES), person(TEAM), person(FINANCE)]
    found = {
        population: [(group.department_id, len(group.people)) for group in groups_of(population, people, TREE)]
        for population in (
            Population("company"),
            Population("department", SALES),
            Population("level", level=1),
            Population("level", level=2),
            Population("level", level=3),
            Population("level", level=4),
        )
    }
    assert list(found.values()) == [[(None, 4)], [(SALES, 2)], [(TOP, 4)], [(FINANCE, 1), (SALES, 2)], [(TEAM, 1)], []]


def test_a_group_is_shown_to_whom_reaches_everybody_in_it() -> None:
    company = Group(None, (person(SALES), person(FINANCE)))
    reaches = {
        "everything": Reach(everything=True),
        "chief": Reach(headed_by=CHIEF),
        "both": Reach(departments=(SALES, FINANCE)),
        "one": Reach(departments=(SALES,)),
        "own": Reach(own=company.people[0].employee_id),
    }
    seen = {name for name, reach in reaches.items() if company.is_within(reach, tree=TREE, day=DAY)}
    assert seen == {"everything", "chief", "both"}
    assert not Group(None, ()).is_within(reaches["both"], tree=TREE, day=DAY)
    moved_away = Group(SALES, (person(SALES), person(FINANCE)))
    assert [moved_away.is_within(reaches[name], tree=TREE, day=DAY) for name in ("both", "one")] == [True, False]
    assert Group(SALES, ()).is_within(reaches["one"], tree=TREE, day=DAY)


def test_calibrated_grades_are_counted_and_computed_ones_are_ranked() -> None:
    rule = QuotaRule("Everybody", Population("company"), (Quota("good", "max", 5000),))
    policy = DistributionPolicy((rule,))
    kept, raised = person(SALES, GOOD), person(SALES)
    raised = Standing(raised.scorecard_id, raised.employee_id, SALES, FAIR, Verdict(FAIR.total, "good"))
    off_scale = person(SALES, Verdict(Decimal(99), "superb"))
    counted = report(policy, rule, Group(None, (kept, raised, off_scale, person(SALES, Verdict(None, None)))))
    good = counted.grades[1]
    assert (counted.graded, counted.ungraded) == (2, 2)
    assert (good.computed, good.people, good.proposed, good.required, good.over) == (1, 2, 1, 1, 1)
    assert (counted.satisfied, counted.possible, counted.moves) == (False, True, ())


def test_quotas_that_whole_people_cannot_meet_say_so() -> None:
    rule = QuotaRule(
        "All", Population("company"), tuple(Quota(grade, "exact", 2500) for grade in DistributionPolicy().grades)
    )
    policy = DistributionPolicy((rule,), remainder="floor")
    counted = report(policy, rule, Group(None, (person(SALES),)))
    assert (counted.possible, counted.satisfied, counted.moves, counted.boundaries) == (False, False, (), ())


def test_of_several_adjustments_the_last_applied_one_holds() -> None:
    """Apply three adjustments of one scorecard in any order, and withdraw any of them."""
    card = _ids.new()
    drafts = [adjustment(card=card) for _ in range(3)]
    for order in permutations(range(3)):
        for kept in product((True, False), repeat=3):
            applied = {at: drafts[at].applied(at=AT + timedelta(days=day)) for day, at in enumerate(order)}
            stands = [each if kept[at] else each.withdrawn(by=HR, at=AT) for at, each in applied.items()]
            last = [drafts[at].id for at in order if kept[at]][-1:]
            assert [each.id for each in last_applied(stands).values()] == last


def test_the_last_grade_holds_with_the_last_total_that_anybody_set() -> None:
    """Apply a total, then a grade alone, then another total; withdraw any of them."""
    card = _ids.new()
    decided = [(Decimal(91), "excellent"), (None, "poor"), (Decimal(85), "good")]
    made = [adjustment(card=card, to_total=total, to_grade=grade) for total, grade in decided]
    for kept in product((True, False), repeat=3):
        stands = [
            each.applied(at=AT + timedelta(days=at))
            for at, (each, holds) in enumerate(zip(made, kept, strict=True))
            if holds
        ]
        totals = [each.to_total for each in stands if each.to_total is not None]
        expected = [Verdict(totals[-1] if totals else FAIR.total, stands[-1].to_grade)] if stands else []
        assert [each.over(FAIR) for each in in_force(stands).values()] == expected


def test_an_adjustment_is_stale_until_somebody_has_seen_what_is_computed() -> None:
    made = adjustment()
    assert not made.is_stale(FAIR)
    assert made.is_stale(GOOD)
    confirmed = made.confirmed(GOOD, by=HR, at=AT)
    assert not confirmed.is_stale(GOOD)
    assert confirmed.is_stale(Verdict(None, None))
    assert not made.withdrawn(by=HR, at=AT).is_stale(GOOD)
    with pytest.raises(Conflict) as refused:
        refuse_stale([made, confirmed], {made.scorecard_id: GOOD})
    assert refused.value.code == "calibrations_stale"
    assert str(made.id) in refused.value.detail


@pytest.mark.parametrize(
    ("decision", "before", "expected"),
    [
        (Decision("why", grade="poor"), FAIR, (None, "poor")),
        (Decision("why", total=Decimal(90)), FAIR, (Decimal(90), "excellent")),
        (Decision("why", grade="fair"), Verdict(FAIR.total, "good"), (None, "fair")),
        (Decision("why", total=FAIR.total), Verdict(Decimal(90), "excellent"), (FAIR.total, "fair")),
        (Decision("why", grade="good"), Verdict(Decimal(90), "excellent"), (None, "good")),
    ],
)
def test_a_decision_leads_to_a_total_and_a_grade(
    decision: Decision, before: Verdict, expected: tuple[Decimal | None, str]
) -> None:
    assert decision.upon(before, DEFAULT_RUBRIC) == expected


def test_a_grade_alone_follows_what_is_computed() -> None:
    assert adjustment().calibration.over(Verdict(Decimal(70), "fair")) == Verdict(Decimal(70), "good")
    assert adjustment(to_total=Decimal(85)).calibration.over(FAIR) == Verdict(Decimal(85), "good")


def test_what_has_no_grade_is_not_calibrated() -> None:
    blocked = Verdict(None, None)
    assert adjustment(to_total=Decimal(85)).calibration.over(blocked) == blocked
    assert effective(adjustment().calibration, blocked) is None


def test_the_sentence_names_role_grades_and_reason() -> None:
    told = calibration_texts(adjustment().calibration, FAIR, DEFAULT_GRADES)
    assert told.zh == "经管理员校准，等级由合格调整为良好。理由：{braces} are no places"
    assert told.en == "Calibrated by an administrator: grade Fair → Good. Reason: {braces} are no places"
