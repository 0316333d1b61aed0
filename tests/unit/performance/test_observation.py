"""Where an observation counts, and what keeps it from counting."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.performance.domain.observations.observation import Observed, Touch, seen_until
from services.performance.domain.schemes.metric import Side
from shared.core.periods import Period

HALF_YEAR = Period(date(2026, 1, 1), date(2026, 7, 1))
ARRIVED = datetime(2026, 3, 5, tzinfo=UTC)


def make_observed(**overrides: Any) -> Observed:
    fields: dict[str, Any] = {
        "observation_id": uuid4(),
        "revision": 1,
        "subject_kind": "employee",
        "subject_id": uuid4(),
        "measure": "lead.won",
        "credit_date": date(2026, 3, 4),
        "cohort_date": date(2026, 1, 1),
        "dimensions": {"channel": "direct"},
        "retracted": False,
        "recorded_at": ARRIVED,
    }
    return Observed(**{**fields, **overrides})


def side(**overrides: Any) -> Side:
    return Side(**{"measure": "lead.won", "aggregation": "sum", "filters": {}, "credit": "cohort_date", **overrides})


@pytest.mark.parametrize(
    ("observed", "looking", "fate"),
    [
        ({}, {}, "counted"),
        ({"retracted": True}, {}, "retracted"),
        ({"measure": "lead.lost"}, {}, "other_measure"),
        ({"cohort_date": None}, {}, "no_cohort_date"),
        ({"cohort_date": None}, {"credit": "own_date"}, "counted"),
        ({"cohort_date": date(2025, 12, 31)}, {}, "outside_period"),
        ({"cohort_date": date(2026, 7, 1)}, {}, "outside_period"),
        ({}, {"filters": {"channel": ("partner",)}}, "filtered"),
        ({"dimensions": {}}, {"filters": {"channel": ("direct",)}}, "filtered"),
        ({"recorded_at": ARRIVED + timedelta(seconds=1)}, {}, "late"),
    ],
)
def test_every_fate_has_its_reason(observed: dict[str, Any], looking: dict[str, Any], fate: str) -> None:
    assert make_observed(**observed).fate(side(**looking), period=HALF_YEAR, until=ARRIVED) == fate


def test_either_date_touches_a_period() -> None:
    won_later = Touch("lead.won", "employee", uuid4(), date(2026, 8, 1), date(2026, 6, 30))
    own_only = Touch("order.amount", "employee", uuid4(), date(2026, 8, 1))
    assert (won_later.falls_in(HALF_YEAR), own_only.falls_in(HALF_YEAR)) == (True, False)


def test_a_result_that_stands_still_sees_the_revision_that_stood_then() -> None:
    later, last = (ARRIVED + timedelta(days=days) for days in (1, 2))
    first, second, third = (
        make_observed(revision=1, superseded_at=later),
        make_observed(revision=2, recorded_at=later, superseded_at=last),
        make_observed(revision=3, recorded_at=last),
    )
    known = (first, second, third)
    moment = timedelta(microseconds=1)
    assert seen_until(known, None) == seen_until(known, last) == (third, None)
    assert seen_until(known, last - moment) == seen_until(known, later) == (second, third)
    assert seen_until(known, later - moment) == seen_until(known, ARRIVED) == (first, third)
    assert seen_until(known, ARRIVED - moment) == (third, None), "nothing had arrived"
