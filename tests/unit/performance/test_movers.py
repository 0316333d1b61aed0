"""Who moved within a cycle still holds the metrics of where they were, at the place where that was last so."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID, uuid4

from services.performance.domain.goals.plan_scope import departments_to_plan, members_under
from services.performance.domain.goals.target import Target, TargetKey
from services.performance.domain.goals.target_holders import Say, belongs_to, company_node, holders_of_metrics
from services.performance.domain.organisation import Department, DepartmentTree, Employment, Headship, PositionsPolicy
from services.performance.domain.schemes.assignment import Assignment, Assignments, Member, members_in
from services.performance.domain.schemes.rulebook import Rulebook
from services.performance.domain.scoring.timeline import Timeline
from services.performance.usecases.goals.working_hours import hours_by_metric
from shared.core.periods import Period, WorkCalendar
from tests.unit.performance.samples import METRICS, RATIO, item, read_metric, read_scheme

H1 = Period(date(2026, 1, 1), date(2026, 7, 1))
SALES, RISK, PERSON, POSITION = (uuid4() for _ in range(4))
OF_SALES, OF_RISK = Assignment(uuid4(), 1, (SALES,)), Assignment(uuid4(), 1, (RISK,))
SCHEMES = {
    (OF_SALES.scheme_id, 1): read_scheme({"items": [item("sales", 10_000, RATIO)]}),
    (OF_RISK.scheme_id, 1): read_scheme({"items": [item("conversion_rate", 10_000, RATIO)]}),
}


def spell(department: UUID, starts_on: date, ends_on: date | None = None, *, fte: str = "1") -> Employment:
    return Employment(uuid4(), PERSON, department, POSITION, "Somebody", Decimal(fte), starts_on, ends_on)


def member(*spells: Employment, positions: PositionsPolicy = "allocate") -> Member:
    tree = DepartmentTree([Department(SALES, "S", "Sales"), Department(RISK, "R", "Risk")])
    assignments = Assignments([OF_SALES, OF_RISK], tree)
    (found,) = members_in(H1, employments=spells, assignments=assignments, positions=positions)
    return found


def test_places_are_kept_in_order_each_as_it_was_last() -> None:
    april, may = date(2026, 4, 1), date(2026, 5, 1)
    moved = member(spell(SALES, date(2020, 1, 1), april), spell(RISK, april, may), spell(SALES, may))
    assert [(each.department_id, each.employment.starts_on) for each in moved.places] == [(RISK, april), (SALES, may)]
    assert moved.assignment == OF_SALES
    assert member(spell(SALES, date(2020, 1, 1))).former == ()


def test_a_mover_holds_the_metrics_of_both_places() -> None:
    april = date(2026, 4, 1)
    moved = member(spell(SALES, date(2020, 1, 1), april), spell(RISK, april))
    held = holders_of_metrics([moved], SCHEMES, wanted=frozenset())
    assert {key: [each.department_id for each in holders] for key, (_, holders) in held.items()} == {
        "sales": [SALES],
        "conversion_rate": [RISK],
    }


def test_who_has_two_positions_holds_the_metrics_of_both_and_each_head_answers_for_the_own() -> None:
    start = date(2020, 1, 1)
    both = member(spell(SALES, start, fte="0.6"), spell(RISK, start, fte="0.4"))
    assert [each.department_id for each in both.current] == [RISK, SALES]
    assert both.former == ()
    held = holders_of_metrics([both], SCHEMES, wanted=frozenset())
    assert {key: [each.department_id for each in holders] for key, (_, holders) in held.items()} == {
        "sales": [SALES],
        "conversion_rate": [RISK],
    }
    homes = {metric: belongs_to(target(metric), {PERSON: both}, SCHEMES) for metric in ("sales", "conversion_rate")}
    assert homes == {"sales": SALES, "conversion_rate": RISK}
    assert belongs_to(target("teamwork"), {PERSON: both}, SCHEMES) == SALES
    assert belongs_to(target("sales"), {}, SCHEMES) is None


def test_a_metric_of_the_department_is_held_in_both_departments_at_once() -> None:
    """Whose second position stands alone there would otherwise be scored against no target."""
    margin = read_metric({**METRICS["sales"].to_document(), "key": "margin", "level": "department"})
    by_margin = read_scheme({"items": [{**item("sales", 10_000, RATIO), "metric": "margin"}]}, {"margin": margin})
    schemes = dict.fromkeys(SCHEMES, by_margin)
    start, april = date(2020, 1, 1), date(2026, 4, 1)
    both = member(spell(SALES, start, fte="0.6"), spell(RISK, start, fte="0.4"))
    moved = member(spell(SALES, start, april), spell(RISK, april))
    for somebody, departments in ((both, [RISK, SALES]), (moved, [RISK])):
        _, holders = holders_of_metrics([somebody], schemes, wanted=frozenset())["margin"]
        assert [each.department_id for each in holders] == departments


def test_each_department_weighs_what_the_person_does_there() -> None:
    """60 % of full time in one and 40 % in the other; by heads somebody is one in each."""
    margin = read_metric({**METRICS["sales"].to_document(), "key": "margin", "level": "department"})
    by_margin = read_scheme({"items": [{**item("sales", 10_000, RATIO), "metric": "margin"}]}, {"margin": margin})
    schemes = dict.fromkeys(SCHEMES, by_margin)
    tree = DepartmentTree([Department(SALES, "S", "Sales"), Department(RISK, "R", "Risk")])
    spells = [spell(SALES, date(2020, 1, 1), fte="0.6"), spell(RISK, date(2020, 1, 1), fte="0.4")]
    timeline = Timeline(
        H1,
        rulebook=Rulebook((OF_SALES, OF_RISK), schemes, {}),
        tree=tree,
        calendar=WorkCalendar(),
        positions="allocate",
    )
    hours = {(PERSON, key): each for key, each in hours_by_metric(timeline.of(spells), schemes).items()}
    _, holders = holders_of_metrics([member(*spells)], schemes, wanted=frozenset())["margin"]
    root = company_node(margin, holders, history={}, say=Say({}, {}, hours), tree=tree)
    found = {each.subject: (each.heads, each.fte, each.days) for each in root.children}
    assert found == {SALES: (1, Fraction("0.6"), Fraction("77.4")), RISK: (1, Fraction("0.4"), Fraction("51.6"))}


def test_who_holds_a_metric_twice_in_one_department_is_one_head_there() -> None:
    margin = read_metric({**METRICS["sales"].to_document(), "key": "margin", "level": "department"})
    both = member(spell(SALES, date(2020, 1, 1), fte="0.6"), spell(SALES, date(2020, 1, 1), fte="0.4"))
    tree = DepartmentTree([Department(SALES, "S", "Sales")])
    root = company_node(margin, [both, both], history={}, say=Say({}, {}), tree=tree)
    assert root.heads == 1


def test_a_second_position_that_ended_is_a_former_place_and_under_the_principal_one_alone_it_is_none() -> None:
    start, april = date(2020, 1, 1), date(2026, 4, 1)
    spells = (spell(SALES, start, fte="0.6"), spell(RISK, start, april, fte="0.4"))
    ended = member(*spells)
    assert [[each.department_id for each in places] for places in (ended.former, ended.current)] == [[RISK], [SALES]]
    assert member(*spells, positions="principal").places == (member(*spells, positions="principal"),)


def test_departments_of_all_positions_plan_and_their_plans_are_about_the_person() -> None:
    start, day = date(2020, 1, 1), date(2026, 1, 1)
    heads = {each: (Headship(uuid4(), "head", start),) for each in (SALES, RISK)}
    tree = DepartmentTree(Department(each, "D", "D", heads=heads[each]) for each in (SALES, RISK))
    both = member(spell(SALES, start, fte="0.6"), spell(RISK, start, fte="0.4"))
    assert departments_to_plan([both], tree=tree, day=day) == sorted([SALES, RISK])
    for department in (SALES, RISK):
        (found,) = members_under(department, [both], tree=tree, planned={SALES, RISK})
        assert (found.employee_id, found.department_id) == (PERSON, department)


def target(metric: str) -> Target:
    key = TargetKey(metric, "employee", PERSON)
    return Target.blank(uuid4(), key, tenant_id=uuid4(), at=datetime(2026, 1, 1, tzinfo=UTC))
