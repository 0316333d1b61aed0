"""References: links by date first, then work numbers, else nobody."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from services.connector.domain.identity import (
    COMPANY,
    Directory,
    IdentityLink,
    KnownEmployee,
    Reference,
    Subject,
    refuse_overlap,
)
from shared.core.errors import Conflict, Invalid
from shared.core.periods import Period

CONNECTION, WANG, LI = uuid4(), uuid4(), uuid4()
DAY = date(2026, 3, 4)


def make_link(employee_id: UUID, starts_on: date | None = None, ends_on: date | None = None) -> IdentityLink:
    return IdentityLink(uuid4(), CONNECTION, "S07", employee_id, starts_on, ends_on, datetime(2026, 1, 1, tzinfo=UTC))


def by_ref(value: str) -> Reference:
    return Reference("employee_ref", value)


def test_a_link_precedes_a_work_number_on_its_days_only() -> None:
    directory = Directory(links=[make_link(WANG, DAY)], employees=[KnownEmployee(LI, "S07")])
    assert directory.resolve(by_ref("S07"), on=DAY) == Subject("employee", WANG)
    assert directory.resolve(by_ref("S07"), on=date(2026, 3, 3)) == Subject("employee", LI)


def test_a_single_owner_of_a_work_number_is_meant_even_after_leaving() -> None:
    left = KnownEmployee(WANG, "W1", [Period(date(2020, 1, 1), date(2021, 1, 1))])
    assert Directory(employees=[left]).resolve(by_ref("W1"), on=DAY) == Subject("employee", WANG)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2020, 6, 1), Subject("employee", WANG)),
        (date(2026, 3, 4), Subject("employee", LI)),
        (date(2023, 1, 1), "identity_ambiguous"),
    ],
)
def test_of_two_owners_the_one_employed_that_day_is_meant(day: date, expected: object) -> None:
    first = KnownEmployee(WANG, "W1", [Period(date(2020, 1, 1), date(2021, 1, 1))])
    second = KnownEmployee(LI, "W1", [Period(date(2025, 1, 1))])
    assert Directory(employees=[first, second]).resolve(by_ref("W1"), on=day) == expected


def test_what_nobody_knows_is_told_by_kind() -> None:
    risk = uuid4()
    directory = Directory(departments={"RISK": risk})
    resolved = [
        directory.resolve(reference, on=DAY)
        for reference in (
            by_ref("S99"),
            Reference("employee_id", str(WANG)),
            Reference("department_code", "NONE"),
            Reference("department_id", str(WANG)),
            Reference("department_code", "RISK"),
            Reference("department_id", str(risk)),
            Reference("company"),
        )
    ]
    known = Subject("department", risk)
    unknown = ["identity_unknown", "identity_unknown", "department_unknown", "department_unknown"]
    assert resolved == [*unknown, known, known, COMPANY]


def test_a_code_may_be_given_to_another_but_not_to_two_at_once() -> None:
    first = make_link(WANG, None, DAY)
    refuse_overlap(make_link(LI, DAY), [first])
    with pytest.raises(Conflict, match="linked already"):
        refuse_overlap(make_link(LI), [first])
    with pytest.raises(Invalid, match="end after it starts"):
        refuse_overlap(make_link(LI, DAY, DAY), [])
