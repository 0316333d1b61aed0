"""A version of a scheme scores all of a cycle, or from a day on; what was set against former ones keeps their days."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid4

import pytest

from services.performance.domain.effect import EffectKind
from services.performance.domain.schemes.assignment import Assignment, FormerVersion, Version, version_key
from services.performance.domain.schemes.rulebook import weighing_alike, weights_by_version
from services.performance.domain.schemes.scheme import Scheme
from services.performance.domain.schemes.scheme_effect import SchemeEffect, pinned_at_opening
from shared.core.errors import Conflict
from shared.core.periods import Period
from tests.unit.performance.samples import read_scheme, refusals, scheme_document

SCHEME = uuid4()
H1 = Period(date(2026, 1, 1), date(2026, 7, 1))
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
WHOLE = SchemeEffect()


def version(number: int, *former: tuple[int, date]) -> Assignment:
    return Assignment(SCHEME, number, former=tuple(FormerVersion(*each) for each in former))


def since(day: date) -> SchemeEffect:
    return SchemeEffect("from_date", day)


def test_a_version_takes_the_place_of_the_former_one_from_its_day_on() -> None:
    twice = since(MAY).pinned(version(3), version(2, (1, APRIL)), H1)
    assert twice == version(3, (1, APRIL), (2, MAY))
    assert twice.versions == ((SCHEME, 1), (SCHEME, 2), (SCHEME, 3))
    assert since(MARCH).pinned(version(3), version(2, (1, APRIL)), H1) == version(3, (1, MARCH))
    assert WHOLE.pinned(version(3), version(2, (1, APRIL)), H1) == version(3)


def test_what_begins_before_a_cycle_is_whole_and_what_begins_after_it_is_not_of_it() -> None:
    assert since(H1.starts_on).pinned(version(2), version(1), H1) == version(2)
    assert since(H1.ends_on).pinned(version(2), version(1), H1) == version(1)
    assert since(APRIL).pinned(version(2), None, H1) == version(2)
    assert since(H1.ends_on).pinned(version(2), None, H1) is None


def test_a_cycle_opened_later_has_what_holds_on_each_of_its_days() -> None:
    published = [(WHOLE, version(1)), (SchemeEffect("next_cycle"), version(2)), (since(APRIL), version(3))]
    assert pinned_at_opening(published, H1) == version(3, (2, APRIL))
    assert pinned_at_opening(published, Period(date(2025, 7, 1), H1.starts_on)) == version(2)
    assert pinned_at_opening(published, Period(H1.ends_on, date(2027, 1, 1))) == version(3)
    assert pinned_at_opening([], H1) is None


def test_each_day_belongs_to_one_version() -> None:
    held = list(version(3, (1, APRIL), (2, MAY)).held_in(Period(MARCH, date(2026, 6, 1))))
    assert held == [
        (version(1), Period(MARCH, APRIL)),
        (version(2), Period(APRIL, MAY)),
        (version(3), Period(MAY, date(2026, 6, 1))),
    ]
    assert list(version(3, (1, APRIL)).held_in(Period(APRIL, MAY))) == [(version(3), Period(APRIL, MAY))]
    assert list(version(3, (1, APRIL)).held_in(Period(MARCH, APRIL))) == [(version(1), Period(MARCH, APRIL))]


def test_the_first_day_of_a_version_is_that_of_the_cycle_where_nothing_held_before() -> None:
    assert version(1).first_day(H1) == H1.starts_on
    assert version(3, (1, APRIL), (2, MAY)).first_day(H1) == MAY
    first_of_all = since(MAY).pinned(version(1), None, H1)
    assert first_of_all is not None
    assert first_of_all.first_day(H1) == H1.starts_on


@pytest.mark.parametrize(("kind", "day"), [("from_date", None), ("whole_cycle", APRIL), ("next_cycle", APRIL)])
def test_a_day_stands_with_from_date_alone(kind: EffectKind, day: date | None) -> None:
    assert refusals(SchemeEffect(kind, day).require_day) == {("/effective_on", "day_unfit")}


def test_lost_points_must_be_meant() -> None:
    with pytest.raises(Conflict) as caught:
        WHOLE.refuse_tightening(2, "people would lose points")
    assert caught.value.code == "tightening_unconfirmed"
    WHOLE.refuse_tightening(0, "people would lose points")
    SchemeEffect(tightening_confirmed=True).refuse_tightening(2, "people would lose points")


def weighing(sales: int) -> Scheme:
    document = scheme_document()
    document["items"][0]["weight"], document["items"][1]["weight"] = sales, 9000 - sales
    return read_scheme(document)


def held_weights(
    schemes: Mapping[Version, Scheme], own: Mapping[str, int], former: Mapping[int, Mapping[str, int]]
) -> dict[int, Mapping[str, int]]:
    assignment = version(3, (1, APRIL), (2, MAY))
    kept = {version_key((SCHEME, number)): weights for number, weights in former.items()}
    found = weights_by_version({str(SCHEME): own}, kept, assignments=[assignment], schemes=schemes)
    return {number: weights for (_, number), weights in found}


def test_weights_of_a_plan_hold_under_the_versions_that_weigh_as_the_one_they_were_set_against() -> None:
    alike = {(SCHEME, number): weighing(6000) for number in (1, 2, 3)}
    assert held_weights(alike, {"sales": 1}, {}) == {number: {"sales": 1} for number in (1, 2, 3)}
    other = {**alike, (SCHEME, 1): weighing(5000)}
    assert held_weights(other, {"sales": 1}, {}) == {number: {"sales": 1} for number in (2, 3)}
    assert held_weights(other, {"sales": 1}, {1: {"sales": 7}})[1] == {"sales": 7}


def test_weights_set_now_say_nothing_of_a_version_that_weighed_the_same_before_another_one() -> None:
    there_and_back = {(SCHEME, 1): weighing(6000), (SCHEME, 2): weighing(5000), (SCHEME, 3): weighing(6000)}
    assert weighing_alike(list(there_and_back), there_and_back) == [(SCHEME, 3)]
    assert held_weights(there_and_back, {"sales": 1}, {2: {"sales": 2}}) == {2: {"sales": 2}, 3: {"sales": 1}}


def test_a_version_is_written_as_scheme_and_number() -> None:
    assert version_key((UUID(int=1), 2)) == f"{UUID(int=1)}/2"
