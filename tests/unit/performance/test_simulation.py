"""What a change would do: to each person, and to the grades."""

from decimal import Decimal
from uuid import UUID

from services.performance.domain.scoring.scorecard import Verdict
from services.performance.domain.simulation.comparison import compare
from services.performance.domain.simulation.visibility import Visibility

WANG, LI, CHEN, ZHAO = (UUID(int=n) for n in range(1, 5))
GRADES = ("excellent", "good", "fair", "poor")


def outcome(total: str, grade: str | None) -> Verdict:
    return Verdict(Decimal(total), grade)


BEFORE = {
    WANG: outcome("61.00", "fair"), LI: outcome("79.50", "fair"), CHEN: outcome("72.50", "fair"),
    ZHAO: Verdict(None, None),
}  # fmt: skip
AFTER = {
    WANG: outcome("59.00", "poor"), LI: outcome("82.00", "good"), CHEN: outcome("72.50", "fair"),
    ZHAO: outcome("90.00", "excellent"),
}  # fmt: skip


def test_each_person_s_difference() -> None:
    wang, li, chen, zhao = compare(BEFORE, AFTER, grades=GRADES).differences
    assert [each.delta for each in (wang, li, chen, zhao)] == [Decimal(-2), Decimal("2.5"), Decimal(0), None]
    assert [each.moved for each in (wang, li, chen, zhao)] == [True, True, False, True]
    assert li.to_document() == {
        "subject": str(LI),
        "before": {"total": "79.50", "grade": "fair"},
        "after": {"total": "82.00", "grade": "good"},
        "delta": "2.5",
        "moved": True,
    }


def test_the_sum_of_it() -> None:
    assert compare(BEFORE, AFTER, grades=GRADES).summary() == {
        "people": 4,
        "changed": 3,
        "raised": 1,
        "lowered": 1,
        "promoted": 1,
        "demoted": 1,
        "grades": ["excellent", "good", "fair", "poor"],
        "grades_before": {"excellent": 0, "good": 0, "fair": 3, "poor": 0, "ungraded": 1},
        "grades_after": {"excellent": 1, "good": 1, "fair": 1, "poor": 1, "ungraded": 0},
        "moves": [
            {"from": "fair", "to": "good", "people": 1},
            {"from": "fair", "to": "poor", "people": 1},
            {"from": None, "to": "excellent", "people": 1},
        ],
    }


def test_nothing_changed_is_nothing_moved() -> None:
    comparison = compare(BEFORE, BEFORE, grades=GRADES)
    assert (comparison.summary()["changed"], comparison.moves) == (0, {})


def test_somebody_on_one_side_only_has_nothing_on_the_other() -> None:
    gone, come = compare({WANG: BEFORE[WANG]}, {LI: AFTER[LI]}, grades=GRADES).differences
    assert (gone.subject, gone.after, come.subject, come.before) == (WANG, Verdict(None, None), LI, Verdict(None, None))


def test_one_that_does_not_name_its_grades_can_be_shown() -> None:
    """While an upgrade goes on, the former release writes some."""
    supposed = {"targets": [], "moves": [{"employee_id": str(WANG)}], "bonus_bands": []}
    simulation = {"id": LI, "supposed": supposed, "summary": {"people": 4}}
    seen = Visibility(people={}, targets=(), departments=(), groups=()).of(simulation)
    assert (seen["people"], seen["supposed"]["moves"], seen["summary"]["people"]) == ((), [], 0)
    everybody = Visibility(people=None, targets=(), departments=(), groups=())
    assert everybody.of(simulation)["summary"] == {"people": 4, "quotas": []}
