"""How somebody moves from one day on, and what stays of before."""

from datetime import date
from decimal import Decimal

import pytest

from services.archive.domain.placement import (
    dismissed,
    is_present,
    main_spell,
    moved,
    placed,
    present_day,
    require_present,
    returned,
    withdrawn,
)
from shared.core.errors import Conflict
from shared.core.ids import Uuid7
from tests.factories.archive import AT, make_employee, make_employment

TODAY = date(2026, 3, 1)
NEXT_YEAR = date(2027, 1, 1)
new_id = Uuid7().new


def test_a_move_ends_one_spell_and_begins_another() -> None:
    spell = make_employment()
    person = moved(
        make_employee(employments=(spell,)),
        spell,
        on=TODAY,
        spell_id=new_id(),
        at=AT,
        terms={"department_id": new_id()},
    )
    first, second = person.employments
    assert (first.id, first.ends_on, second.starts_on, second.ends_on) == (spell.id, TODAY, TODAY, None)
    again = moved(person, second, on=TODAY, spell_id=new_id(), at=AT, terms={"department_id": spell.department_id})
    assert [each.department_id for each in again.employments] == [spell.department_id] * 2


def test_a_move_keeps_what_is_planned() -> None:
    spell = make_employment(ends_on=NEXT_YEAR)
    planned = make_employment(starts_on=NEXT_YEAR)
    person = make_employee(employments=(spell, planned))
    after = moved(person, spell, on=TODAY, spell_id=new_id(), at=AT, terms={"manager_id": new_id()})
    assert [each.ends_on for each in after.employments] == [TODAY, NEXT_YEAR, None]


def test_a_placement_ends_where_something_is_planned() -> None:
    planned = make_employment(starts_on=NEXT_YEAR)
    terms = {"department_id": new_id(), "position_id": new_id(), "position_name": "Seller"}
    person = placed(make_employee(employments=(planned,)), on=TODAY, spell_id=new_id(), at=AT, terms=terms)
    assert [(each.starts_on, each.ends_on) for each in person.employments] == [(TODAY, NEXT_YEAR), (NEXT_YEAR, None)]


def test_the_larger_employment_counts_and_of_two_alike_the_older() -> None:
    half = Decimal("0.5")
    small = make_employment(fte=Decimal("0.2"), starts_on=date(2020, 1, 1))
    newer, older = make_employment(fte=half, starts_on=date(2025, 1, 1)), make_employment(fte=half)
    person = make_employee(employments=(small, newer, older))
    assert main_spell(person, TODAY) == older
    assert main_spell(person, date(2019, 1, 1)) is None


def test_only_what_is_done_there_ends() -> None:
    half = Decimal("0.5")
    here, there = make_employment(fte=half), make_employment(fte=half)
    person = withdrawn(make_employee(employments=(here, there)), here.department_id, on=TODAY, at=AT)
    assert {each.id: each.ends_on for each in person.employments} == {here.id: TODAY, there.id: None}
    begun = make_employment(starts_on=TODAY)
    assert withdrawn(make_employee(employments=(begun,)), begun.department_id, on=TODAY, at=AT).employments == ()


def test_who_has_yet_to_join_never_came() -> None:
    person = make_employee(joined_on=NEXT_YEAR, employments=(make_employment(starts_on=NEXT_YEAR),))
    assert present_day(person, today=TODAY) == NEXT_YEAR
    gone = dismissed(person, today=TODAY, at=AT)
    assert (gone.left_on, gone.employments, is_present(gone, today=TODAY)) == (NEXT_YEAR, (), False)
    back = returned(gone, today=TODAY, at=AT, new_id=new_id)
    assert is_present(back, today=TODAY)


def test_who_leaves_later_is_still_here() -> None:
    leaving = make_employee(left_on=NEXT_YEAR)
    assert is_present(leaving, today=TODAY)
    require_present(leaving, today=TODAY)
    assert not is_present(leaving, today=NEXT_YEAR)
    with pytest.raises(Conflict) as refused:
        require_present(leaving, today=NEXT_YEAR)
    assert refused.value.code == "left_already"


def test_a_return_on_another_day_is_a_new_spell() -> None:
    gone = dismissed(make_employee(employments=(make_employment(),)), today=TODAY, at=AT)
    same_day = returned(gone, today=TODAY, at=AT, new_id=new_id)
    assert [each.ends_on for each in same_day.employments] == [None]
    later = returned(gone, today=NEXT_YEAR, at=AT, new_id=new_id)
    assert [(each.starts_on, each.ends_on) for each in later.employments] == [
        (date(2024, 1, 1), TODAY),
        (NEXT_YEAR, None),
    ]
