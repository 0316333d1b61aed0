"""What a run did to a department."""

from decimal import Decimal
from uuid import uuid4

from services.notifier.domain.digest import digest_of_one


def test_averages_count_only_those_that_have_a_total() -> None:
    run, department = uuid4(), uuid4()
    moved = digest_of_one(run, department, before=Decimal("60.00"), after=Decimal("61.01"))
    fresh = digest_of_one(run, department, before=None, after=Decimal("70.00"))
    both = moved + fresh
    assert (both.changed, both.before, both.after) == (2, Decimal("60.00"), Decimal("65.51"))


def test_without_any_total_there_is_no_average() -> None:
    empty = digest_of_one(uuid4(), uuid4(), before=None, after=None)
    assert (empty.changed, empty.before, empty.after) == (1, None, None)
