"""Results as they are kept: every digit comes back, and none is written with an exponent."""

from decimal import Decimal

import orjson

from services.performance.domain.scoring.scorecard import Result, ScoredItem
from services.performance.store.repositories.results import read_result, write_result


def _item(name: str, *, target: str, actual: str) -> ScoredItem:
    return ScoredItem(
        key="sales", metric="sales", name=name, weight=10000, state="value", code=None,
        target=Decimal(target), actual=Decimal(actual), points=Decimal("0.000001"),
    )  # fmt: skip


def test_the_smallest_numbers_are_kept_in_plain_digits() -> None:
    items = (_item('"target":"1E-7"', target="1E-7", actual="-2.5E-9"), _item("E-commerce", target="1", actual="64.5"))
    result = Result("complete", Decimal("64.00"), "fair", 10000, items=items)
    written = write_result(result)
    assert read_result(written) == result
    kept = [(each["target"], each["actual"], each["points"]) for each in orjson.loads(written)["items"]]
    assert kept == [("0.0000001", "-0.0000000025", "0.000001"), ("1", "64.5", "0.000001")]
    assert [each["name"] for each in orjson.loads(written)["items"]] == [item.name for item in items]
