"""Messages: exact bytes, and the newest of a subject."""

import json
from dataclasses import replace
from uuid import uuid4

from services.notifier.domain.message import Message, coalesce
from services.notifier.usecases.describe import SCORE_CHANGED
from tests.factories.notifier import NOON


def message(sequence: int, *, kind: str = SCORE_CHANGED, subject: str = "scorecards/1") -> Message:
    return Message(
        id=uuid4(),
        tenant_id=uuid4(),
        source="/performance",
        type=kind,
        subject=subject,
        time=NOON,
        sequence=sequence,
        thin={"id": 1},
        full={"id": 1, "name": "王"},
    )


def test_both_forms_carry_the_same_id_and_only_the_full_one_the_numbers() -> None:
    one = message(3)
    thin, full = json.loads(one.body("thin")), json.loads(one.body("full"))
    assert (thin.pop("data"), full.pop("data")) == ({"id": 1}, {"id": 1, "name": "王"})
    assert thin == full
    assert (thin["id"], thin["sequence"], thin["time"]) == (str(one.id), "3", "2026-03-04T12:00:00+00:00")
    assert "." not in str(one.id)


def test_of_changed_scores_the_newest_of_each_scorecard_is_left_whatever_their_order() -> None:
    old, new, other = message(1), message(2), message(1, subject="scorecards/2")
    assert coalesce([new, other, old]) == [new, other]
    assert coalesce([old, other, new]) == [new, other]


def test_other_types_are_all_told() -> None:
    steps = [message(sequence, kind="plan.changed.v1") for sequence in (1, 2)]
    assert coalesce(steps) == steps
    assert coalesce([steps[0], replace(steps[0])]) == steps[:1]
