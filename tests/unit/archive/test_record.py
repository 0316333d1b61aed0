"""Records filed once, twice, corrected, taken out; results that follow scorecards."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.archive.domain.portrait import Assessment, Fit, against_model
from services.archive.domain.position import Competency
from services.archive.domain.record import Measurement, PastMetric
from services.archive.domain.result import Result
from shared.core.errors import Conflict, NotFound
from shared.core.ids import SequentialIds
from tests.factories.archive import AT, make_entry, make_record

_ids = SequentialIds()
CARD, PERSON = _ids.new(), _ids.new()


def test_the_same_again_is_a_duplicate() -> None:
    entry = make_entry(measurements=(Measurement("feedback.teamwork", Decimal(85)),))
    record = replace(make_record(), employee_id=entry.employee_id, measurements=entry.measurements)
    again = replace(entry, measurements=(Measurement("feedback.teamwork", Decimal("85.00")),))
    assert record.filed_again(again, at=AT) == ("duplicate", record)


def test_other_content_is_a_correction() -> None:
    record = make_record()
    status, corrected = record.filed_again(make_entry(employee_id=record.employee_id, title="Corrected"), at=AT)
    assert (status, corrected.title, corrected.sequence, corrected.id) == ("replaced", "Corrected", 2, record.id)


def test_a_deleted_record_comes_back() -> None:
    removed = make_record().removed(at=AT)
    status, back = removed.filed_again(make_entry(employee_id=removed.employee_id), at=AT)
    assert (removed.deleted, removed.sequence, status, back.deleted, back.sequence) == (True, 2, "replaced", False, 3)


def test_a_remote_id_stays_with_its_person() -> None:
    with pytest.raises(Conflict) as refused:
        make_record().filed_again(make_entry(), at=AT)
    assert refused.value.code == "remote_id_taken"


def result(sequence: int, total: str, **fields: object) -> Result:
    defaults: dict[str, object] = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 7, 1)}
    return Result(
        scorecard_id=CARD,
        employee_id=PERSON,
        sequence=sequence,
        metrics=(PastMetric("sales", Decimal(100), Decimal(120)),),
        total=Decimal(total),
        grade="good",
        **(defaults | fields),  # type: ignore[arg-type]  # a test may leave the days out
    )


def test_the_higher_sequence_wins_in_any_order() -> None:
    first = result(5, "81.90").record(None, at=AT)
    assert first is not None
    assert first.occurred_on == date(2026, 6, 30)
    assert result(5, "0").record(first, at=AT) is None
    assert result(4, "0").record(first, at=AT) is None
    revised = result(6, "82.00", starts_on=None, ends_on=None).record(first, at=AT)
    assert revised is not None
    assert revised.performance is not None
    assert (revised.id, revised.performance.total, revised.performance.starts_on) == (
        first.id,
        Decimal("82.00"),
        date(2026, 1, 1),
    )


def test_a_revision_of_nothing_is_refused() -> None:
    with pytest.raises(NotFound):
        result(2, "1", starts_on=None, ends_on=None).record(None, at=AT)


def test_the_record_of_a_scorecard_is_not_taken_out() -> None:
    record = result(1, "1").record(None, at=AT)
    assert record is not None
    with pytest.raises(Conflict) as refused:
        record.removed(at=AT)
    assert refused.value.code == "record_of_scorecard"


def test_competencies_stand_against_the_highest_level_asked_for() -> None:
    model = [Competency("talk", 2), Competency("listen", 3), Competency("talk", 4)]
    assessed = [
        Assessment("talk", Decimal(5), date(2026, 2, 1)),
        Assessment("talk", Decimal(3), date(2025, 2, 1)),
        Assessment("sing", Decimal(1), date(2026, 1, 1)),
    ]
    fits = against_model(model, assessed)
    assert fits == [Fit("talk", 4, Decimal(5), date(2026, 2, 1)), Fit("listen", 3)]
    assert [fit.gap for fit in fits] == [Decimal(0), None]
