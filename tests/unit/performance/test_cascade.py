"""Targets cascade without losing or inventing a cent, and what is set by hand stays."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.performance.domain.goals.cascade import Claim, DepartmentClaim, Method, Split, cascade, released, split
from shared.core.errors import Conflict

METHODS: tuple[Method, ...] = ("equal", "fte", "historical", "manual")
money = st.decimals(min_value=0, max_value=10**12, places=2)
optional_money = st.none() | st.decimals(min_value=0, max_value=10**6, places=2)


def somebody(number: int) -> UUID:
    return UUID(int=number)


def claims(*numbers: int) -> list[Claim]:
    return [Claim(somebody(number)) for number in numbers]


def whole(found: Split) -> Decimal:
    return sum(found.parts.values(), found.unassigned)


@st.composite
def departments(draw: st.DrawFn) -> list[DepartmentClaim]:
    sizes = draw(st.lists(st.integers(min_value=0, max_value=6), min_size=1, max_size=5))
    found, number = [], 1000
    for at, size in enumerate(sizes):
        holders = []
        for _ in range(size):
            number += 1
            fte = draw(st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(1)]))
            holders.append(Claim(somebody(number), fte, draw(optional_money), draw(optional_money)))
        found.append(DepartmentClaim(somebody(at), tuple(holders), draw(optional_money)))
    return found


@given(money, departments(), st.sampled_from(["equal", "fte", "manual"]))
def test_leaves_and_unassigned_sum_exactly_to_the_parent(
    total: Decimal, found: list[DepartmentClaim], method: Method
) -> None:
    result = cascade(total, found, method=method)
    assert whole(result.company) == total
    for department, part in result.company.parts.items():
        assert whole(result.departments[department]) == part
    leaves = sum((sum(each.parts.values(), Decimal(0)) for each in result.departments.values()), Decimal(0))
    assert leaves + result.unassigned == total


@given(money, departments(), st.sampled_from(["equal", "fte"]))
def test_what_is_set_by_hand_survives(total: Decimal, found: list[DepartmentClaim], method: Method) -> None:
    result = cascade(total, found, method=method)
    for department in found:
        if department.override is not None:
            assert result.company.parts[department.subject] == department.override
        inner = result.departments.get(department.subject)
        for holder in department.holders:
            if holder.override is not None and inner is not None:
                assert inner.parts[holder.subject] == holder.override


def test_ten_sellers_share_a_company_target() -> None:
    sales = DepartmentClaim(somebody(0), tuple(claims(*range(1, 11))))
    result = cascade(Decimal(12_000_000), [sales, DepartmentClaim(somebody(50), ())], method="equal")
    assert set(result.departments[somebody(0)].parts.values()) == {Decimal(1_200_000)}
    assert somebody(50) not in result.company.parts
    assert result.unassigned == 0


def test_the_last_cents_go_to_the_largest_remainders() -> None:
    found = split(Decimal("100.00"), claims(1, 2, 3), method="equal")
    assert list(found.parts.values()) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert found.unassigned == 0


def test_shares_follow_fte_or_history() -> None:
    people = [
        Claim(somebody(1), Decimal(1), Decimal(300)),
        Claim(somebody(2), Decimal("0.5"), Decimal(100)),
        Claim(somebody(3), Decimal("0.5"), None),
    ]
    assert list(split(Decimal(100), people, method="fte").parts.values()) == [50, 25, 25]
    assert list(split(Decimal(600), people, method="historical").parts.values()) == [300, 100, 200]


def test_history_that_nobody_has_is_refused() -> None:
    with pytest.raises(Conflict) as caught:
        split(Decimal(600), claims(1, 2), method="historical")
    assert caught.value.code == "history_missing"


def test_a_holder_s_own_target_leaves_equal_shares_to_the_others_everywhere() -> None:
    first = DepartmentClaim(somebody(0), (Claim(somebody(1), override=Decimal(40)), *claims(2)))
    second = DepartmentClaim(somebody(9), tuple(claims(3, 4)))
    result = cascade(Decimal(100), [first, second], method="equal")
    assert result.departments[somebody(0)].parts == {somebody(1): Decimal(40), somebody(2): Decimal(20)}
    assert result.departments[somebody(9)].parts == {somebody(3): Decimal(20), somebody(4): Decimal(20)}


def test_by_hand_nobody_gets_what_nobody_gave() -> None:
    found = split(Decimal(100), [Claim(somebody(1), override=Decimal(30)), *claims(2)], method="manual")
    assert (found.parts, found.unassigned) == ({somebody(1): Decimal(30)}, Decimal(70))


def test_overrides_beyond_the_total_show_as_over_assigned() -> None:
    found = split(Decimal(100), [Claim(somebody(1), override=Decimal(130)), *claims(2)], method="equal")
    assert (found.parts, found.unassigned, found.over_assigned) == ({somebody(1): Decimal(130)}, Decimal(-30), True)


def test_a_reserve_stays_unassigned() -> None:
    found = split(Decimal(100), claims(1, 2), method="equal", reserved=Decimal(10))
    assert list(found.parts.values()) == [45, 45]
    assert found.unassigned == 10


def test_without_holders_everything_is_unassigned() -> None:
    assert split(Decimal(100), [], method="historical") == Split(Decimal(100), {}, Decimal(100))


def test_a_leaver_s_part_becomes_unassigned_and_nobody_s_target_rises() -> None:
    before = split(Decimal(90), claims(1, 2, 3), method="equal")
    after = released(before, somebody(2))
    assert after.parts == {somebody(1): Decimal(30), somebody(3): Decimal(30)}
    assert after.unassigned == 30
    assert whole(after) == 90
    assert released(after, somebody(2)) == after
