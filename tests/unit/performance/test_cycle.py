"""A cycle moves through its phases in order, and knows which changes wait for HR."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.performance.domain.cycle import Cycle, Phase, Terms
from shared.core.errors import Conflict, Invalid
from shared.core.periods import Period

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2026, 7, 1, tzinfo=UTC)
HALF_YEAR = Period(date(2026, 1, 1), date(2026, 7, 1))


def terms(**changes: Any) -> Terms:
    return Terms(**{"name": "2026 H1", "period": HALF_YEAR, "plan_due_on": date(2026, 1, 15), **changes})


def cycle(phase: Phase = "planning", **changes: Any) -> Cycle:
    return Cycle(UUID(int=1), terms(**changes), phase, sequence=1, created_at=NOW, updated_at=NOW)


ACTS: dict[str, Callable[[Cycle], Cycle]] = {
    "start": lambda each: each.started(open_plans=0, at=LATER),
    "freeze": lambda each: each.frozen(at=LATER),
    "publish": lambda each: each.published(at=LATER),
}
LEADS_TO: dict[tuple[str, str], Phase] = {
    ("planning", "start"): "running",
    ("running", "freeze"): "frozen",
    ("frozen", "publish"): "published",
}
PHASES: tuple[Phase, ...] = ("planning", "running", "frozen", "published")


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("act", ACTS)
def test_every_phase_allows_exactly_these_moves(phase: Phase, act: str) -> None:
    if (phase, act) in LEADS_TO:
        after = ACTS[act](cycle(phase))
        assert (after.phase, after.sequence, after.updated_at) == (LEADS_TO[phase, act], 2, LATER)
    else:
        with pytest.raises(Conflict) as caught:
            ACTS[act](cycle(phase))
        assert caught.value.code == "cycle_phase"


def test_each_move_leaves_its_time() -> None:
    done = Cycle.planned(UUID(int=1), terms(), at=NOW).started(open_plans=0, at=NOW).frozen(at=LATER)
    assert (done.opened_at, done.frozen_at) == (NOW, LATER)
    assert done.published(at=LATER).published_at == LATER


def test_only_a_cycle_that_waits_for_plans_is_stopped_by_them() -> None:
    assert cycle(late_policy="defaulted").started(open_plans=3, at=NOW).phase == "running"
    assert cycle(late_policy="blocked").started(open_plans=0, at=NOW).phase == "running"
    with pytest.raises(Conflict) as caught:
        cycle(late_policy="blocked").started(open_plans=3, at=NOW)
    assert caught.value.code == "plans_open"


@pytest.mark.parametrize("phase", PHASES)
def test_goals_change_only_before_the_freeze(phase: Phase) -> None:
    if phase in {"planning", "running"}:
        cycle(phase).require_plannable()
    else:
        with pytest.raises(Conflict) as caught:
            cycle(phase).require_plannable()
        assert caught.value.code == "cycle_not_plannable"


@pytest.mark.parametrize(
    ("previous", "value", "needed"),
    [
        (None, "10000000", False),
        ("10000000", "10000000", False),
        ("10000000", "12000000", False),
        ("10000000", "12500000", False),
        ("10000000", "12500000.01", True),
        ("10000000", "7499999.99", True),
        ("0", "1", True),
        ("-100", "-130", True),
    ],
)
def test_large_changes_of_a_business_target_wait_for_confirmation(
    previous: str | None,
    value: str,
    needed: bool,  # noqa: FBT001
) -> None:
    before = None if previous is None else Decimal(previous)
    assert cycle().needs_confirmation(before, Decimal(value)) is needed


def test_wrong_terms_are_refused_all_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        terms(plan_due_on=date(2026, 7, 1), confirmation_threshold=Decimal("-0.1"), history_mark=Decimal(-1))
    assert {(each.pointer, each.code) for each in caught.value.violations} == {
        ("/plan_due_on", "plan_due_late"),
        ("/confirmation_threshold", "threshold_negative"),
        ("/history_mark", "threshold_negative"),
    }
    with pytest.raises(Invalid) as caught:
        terms(period=Period(date(2026, 1, 1)))
    assert caught.value.code == "period_open"
