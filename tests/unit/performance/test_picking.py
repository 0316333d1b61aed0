"""What an observation is to a number that takes one of several."""

from typing import Any
from uuid import UUID

import pytest

from services.performance.domain.observations.picking import Picks, part_of
from services.performance.domain.schemes.metric import Side

ONE, OTHER = UUID(int=1), UUID(int=2)
BY_CUSTOMER = {"aggregation": "count_distinct", "distinct_by": "customer"}


@pytest.mark.parametrize(
    ("fields", "dimensions", "picks", "part"),
    [
        ({"aggregation": "sum"}, {}, {}, ("counted", None)),
        ({"aggregation": "max"}, {}, {"": ONE}, ("counted", None)),
        ({"aggregation": "min"}, {}, {"": OTHER}, ("outranked", OTHER)),
        ({"aggregation": "last"}, {"customer": "A"}, {"": OTHER}, ("outranked", OTHER)),
        ({"aggregation": "last"}, {}, {}, ("counted", None)),
        (BY_CUSTOMER, {"customer": "A"}, {"A": ONE, "B": OTHER}, ("counted", None)),
        (BY_CUSTOMER, {"customer": "B"}, {"A": ONE, "B": OTHER}, ("repeated", OTHER)),
        (BY_CUSTOMER, {"customer": ""}, {"": OTHER}, ("repeated", OTHER)),
        (BY_CUSTOMER, {"channel": "web"}, {"": OTHER}, ("no_dimension", None)),
    ],
)
def test_one_of_a_group_counts(fields: Any, dimensions: dict[str, str], picks: Picks, part: tuple[str, Any]) -> None:
    side = Side(**{"measure": "order.amount", "filters": {}, "credit": "own_date", **fields})
    assert part_of(side, ONE, side.group_of(dimensions), picks) == part
