"""Statements: what they mean is what is compared, and shares split a value exactly."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.connector.domain.identity import Directory, KnownEmployee, Reference
from services.connector.domain.statement import Facts, Share, Statement, refuse_uneven
from shared.core.errors import Invalid
from tests.factories.connector import make_statement

SHANGHAI = timezone(timedelta(hours=8))
AMOUNTS = st.decimals(min_value=-(10**15) + 1, max_value=10**15 - 1, places=10, allow_nan=False)


def shares_of(*fractions: Decimal) -> tuple[Share, ...]:
    return tuple(Share(Reference("employee_ref", f"W{n}"), fraction) for n, fraction in enumerate(fractions))


def facts_of(statement: Statement) -> Facts:
    return statement.facts(Directory(), zone="Asia/Shanghai")


@pytest.mark.parametrize(
    "spelling", [{"value": Decimal("1E+2")}, {"occurred_at": datetime(2026, 3, 4, 16, 15, tzinfo=SHANGHAI)}]
)
def test_another_spelling_is_the_same_statement(spelling: dict[str, Any]) -> None:
    assert facts_of(make_statement()).matches(make_statement(**spelling))
    assert facts_of(make_statement(**spelling)).matches(make_statement())


@pytest.mark.parametrize(
    "change",
    [
        {"value": Decimal("100.01")},
        {"measure": "order.count"},
        {"currency": "CNY"},
        {"occurred_at": datetime(2026, 3, 4, 8, 16, tzinfo=UTC)},
        {"credit_date": date(2026, 3, 4)},
        {"cohort_date": date(2026, 3, 4)},
        {"dimensions": {"channel": "direct"}},
        {"shares": (Share(Reference("employee_id", "W1")),)},
    ],
)
def test_another_meaning_is_another_statement(change: dict[str, Any]) -> None:
    assert not facts_of(make_statement()).matches(make_statement(**change))
    assert not facts_of(make_statement(**change)).matches(make_statement())


def test_the_same_statement_is_known_again_after_the_tenant_moved_to_another_zone() -> None:
    statement = make_statement(occurred_at=datetime(2026, 3, 31, 16, 0, tzinfo=UTC))
    assert statement.facts(Directory(), zone="Asia/Shanghai").matches(statement)
    assert statement.facts(Directory(), zone="America/New_York").matches(statement)


def test_the_business_date_is_told_in_the_tenants_zone_unless_stated() -> None:
    late_evening = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)
    facts = make_statement(occurred_at=late_evening).facts(Directory(), zone="Asia/Shanghai")
    stated = make_statement(occurred_at=late_evening, credit_date=date(2026, 3, 30))
    assert facts.credit_date == date(2026, 4, 1)
    assert stated.facts(Directory(), zone="Asia/Shanghai").credit_date == date(2026, 3, 30)


@given(value=AMOUNTS, weights=st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_parts_sum_to_the_value_whatever_the_shares(value: Decimal, weights: list[int]) -> None:
    fractions = [Decimal(weight) for weight in weights]
    statement = make_statement(value=value, shares=shares_of(*fractions))
    facts = statement.facts(Directory(), zone="UTC")
    assert sum(credit.value for credit in facts.credits) == value


def test_two_references_to_one_person_are_one_part() -> None:
    wang = uuid4()
    shares = (
        Share(Reference("employee_ref", "W1"), Decimal("0.4")),
        Share(Reference("employee_id", str(wang)), Decimal("0.6")),
    )
    facts = make_statement(shares=shares).facts(Directory(employees=[KnownEmployee(wang, "W1")]), zone="UTC")
    assert list(facts.parts().values()) == [Decimal(100)]


@pytest.mark.parametrize(
    ("fractions", "code", "pointer"),
    [
        (("0.5", "0.4"), "shares_not_one", "/credits"),
        (("0.5", "0.6"), "shares_not_one", "/credits"),
        (("1", "0"), "share_not_positive", "/credits/1/share"),
        (("1.5", "-0.5"), "share_not_positive", "/credits/1/share"),
    ],
)
def test_uneven_shares_are_refused(fractions: tuple[str, ...], code: str, pointer: str) -> None:
    with pytest.raises(Invalid) as refusal:
        refuse_uneven(shares_of(*map(Decimal, fractions)))
    assert (refusal.value.code, refusal.value.violations[0].pointer) == (code, pointer)


def test_nobody_is_named_twice() -> None:
    twice = (Share(Reference("employee_ref", "W1"), Decimal("0.5")),) * 2
    with pytest.raises(Invalid, match="Name everybody once"):
        refuse_uneven(twice)
