"""Who may do what with a department's plan, and in which state."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.performance.domain.goals.plan import Actor, People, Plan, PlanState
from shared.core.errors import Conflict, DomainError, Forbidden, Invalid

HEAD, ACTING, MEMBER, HR, MANAGER = (UUID(int=n) for n in range(1, 6))
PEOPLE = People(heads=frozenset({HEAD, ACTING}), members=frozenset({MEMBER}))
NOW = datetime(2026, 1, 10, tzinfo=UTC)
DUE = date(2026, 1, 15)
WEIGHTS = {"sales": 5000, "conversion_rate": 5000}

head, acting = Actor(HEAD), Actor(ACTING)
hr, manager = Actor(HR, is_hr=True), Actor(MANAGER, is_general_manager=True)


def plan(state: PlanState = "draft", **more: UUID) -> Plan:
    return Plan(
        id=UUID(int=100),
        cycle_id=UUID(int=101),
        department_id=UUID(int=102),
        state=state,
        due_on=DUE,
        weights={},
        sequence=1,
        created_at=NOW,
        updated_at=NOW,
        **more,  # type: ignore[arg-type]  # only `submitted_by`
    )


ACTS: dict[str, Callable[[Plan], Plan]] = {
    "adjust": lambda each: each.adjusted("s", WEIGHTS, by=head, people=PEOPLE, at=NOW),
    "submit": lambda each: each.submitted(by=head, people=PEOPLE, at=NOW),
    "approve": lambda each: each.approved(by=hr, people=PEOPLE, at=NOW),
    "return": lambda each: each.returned("更高", by=hr, people=PEOPLE, at=NOW),
    "default": lambda each: each.defaulted(today=date(2026, 1, 16), at=NOW),
}
LEADS_TO: dict[tuple[str, str], PlanState] = {
    ("draft", "adjust"): "draft",
    ("draft", "submit"): "submitted",
    ("draft", "default"): "defaulted",
    ("submitted", "approve"): "approved",
    ("submitted", "return"): "returned",
    ("returned", "adjust"): "returned",
    ("returned", "submit"): "submitted",
    ("returned", "default"): "defaulted",
    ("defaulted", "adjust"): "defaulted",
    ("defaulted", "submit"): "submitted",
    ("defaulted", "approve"): "approved",
}
STATES: tuple[PlanState, ...] = ("draft", "submitted", "returned", "approved", "defaulted")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", ACTS)
def test_every_state_allows_exactly_these_acts(state: PlanState, act: str) -> None:
    before = plan(state)
    if (state, act) in LEADS_TO:
        after = ACTS[act](before)
        assert (after.state, after.sequence) == (LEADS_TO[state, act], 2)
    else:
        with pytest.raises(Conflict) as caught:
            ACTS[act](before)
        assert caught.value.code.startswith("plan_not_")


def refusal(act: Callable[[], Plan]) -> tuple[type[DomainError], str]:
    with pytest.raises(DomainError) as caught:
        act()
    return type(caught.value), caught.value.code


@pytest.mark.parametrize("stranger", [Actor(MEMBER), hr, manager])
def test_only_a_head_or_acting_head_sets_goals(stranger: Actor) -> None:
    for act in (
        lambda: plan().submitted(by=stranger, people=PEOPLE, at=NOW),
        lambda: plan().adjusted("s", WEIGHTS, by=stranger, people=PEOPLE, at=NOW),
    ):
        assert refusal(act) == (Forbidden, "plan_not_head")
    assert plan().submitted(by=acting, people=PEOPLE, at=NOW).submitted_by == ACTING


@pytest.mark.parametrize("subject", [HEAD, ACTING, MEMBER])
def test_nobody_decides_about_a_plan_of_their_own_department(subject: UUID) -> None:
    for actor in (Actor(subject, is_hr=True), Actor(subject, is_general_manager=True)):
        for act in (
            lambda actor=actor: plan("submitted").approved(by=actor, people=PEOPLE, at=NOW),
            lambda actor=actor: plan("submitted").returned("x", by=actor, people=PEOPLE, at=NOW),
        ):
            assert refusal(act) == (Forbidden, "separation_of_duties")


def test_who_submitted_does_not_decide_even_after_leaving_the_department() -> None:
    submitted = plan("submitted", submitted_by=HR)
    assert refusal(lambda: submitted.approved(by=hr, people=PEOPLE, at=NOW)) == (Forbidden, "separation_of_duties")


def test_the_general_manager_approves_what_hr_plans_for_itself() -> None:
    of_hr = People(heads=frozenset({HR}))
    submitted = plan().submitted(by=hr, people=of_hr, at=NOW)
    assert refusal(lambda: submitted.approved(by=hr, people=of_hr, at=NOW)) == (Forbidden, "separation_of_duties")
    assert submitted.approved(by=manager, people=of_hr, at=NOW).decided_by == MANAGER


def test_a_head_without_an_appointment_approves_nothing() -> None:
    other = Actor(UUID(int=9))
    assert refusal(lambda: plan("submitted").approved(by=other, people=PEOPLE, at=NOW)) == (
        Forbidden,
        "plan_not_approver",
    )


def test_a_plan_goes_back_with_a_reason_and_comes_again() -> None:
    returned = plan("submitted").returned("转化率权重太低", by=hr, people=PEOPLE, at=NOW)
    assert (returned.state, returned.comment, returned.is_open) == ("returned", "转化率权重太低", True)
    again = returned.adjusted("s", WEIGHTS, by=head, people=PEOPLE, at=NOW).submitted(by=head, people=PEOPLE, at=NOW)
    approved = again.approved(by=hr, people=PEOPLE, at=NOW)
    assert (approved.state, approved.comment, approved.weights) == ("approved", None, {"s": WEIGHTS})
    assert approved.is_settled


def test_a_return_without_a_reason_is_refused() -> None:
    act = lambda: plan("submitted").returned("  ", by=hr, people=PEOPLE, at=NOW)  # noqa: E731 -- one act
    assert refusal(act) == (Invalid, "comment_missing")


def test_a_plan_is_late_from_the_day_after_it_is_due() -> None:
    assert [plan().is_late(day) for day in (DUE, date(2026, 1, 16))] == [False, True]
    assert plan("submitted").is_late(date(2026, 2, 1)) is False
    assert refusal(lambda: plan().defaulted(today=DUE, at=NOW)) == (Conflict, "plan_not_due")


def test_defaults_drop_weights_that_nobody_submitted() -> None:
    adjusted = plan().adjusted("s", WEIGHTS, by=head, people=PEOPLE, at=NOW)
    assert adjusted.defaulted(today=date(2026, 1, 16), at=NOW).weights == {}


def test_changes_leave_the_former_plan_as_it_was() -> None:
    before = plan()
    before.submitted(by=head, people=PEOPLE, at=NOW)
    assert before == plan()
