"""Whichever way an item is read, it says the same, or is refused at the same place in the same words."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.connector.api.observation_items import Received, ReceivedItem
from services.connector.api.observation_reading import read_batch
from services.connector.domain.observation import Arrival
from tests.factories.connector import make_item

_ITEMS: TypeAdapter[list[Received]] = TypeAdapter(list[ReceivedItem])
_TEXTS = st.one_of(
    st.sampled_from(["", " ", "W1", " W1", "W1\n", "\u3000W1", "\x1fW1", "W1\x85", "陈", "x" * 200, "x" * 201]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8),
)
_ODD = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), _TEXTS)
_NUMBERS = st.one_of(
    st.sampled_from(["1", "-1", "+1", "1.", ".5", " 1", "1e3", "01.50", "-0", "٣", "1_0", "1" * 15, "1" * 16, "NaN"]),
    st.decimals(allow_nan=False, allow_infinity=False, places=4).map(str),
)
_HOURS = (
    *("2026-03-04", "2026-03-04T08:15:00", "2026-03-04 08:15:00Z", "2026-03-04T08:15Z", "2026-03-04T24:00:00Z"),
    *("2026-02-30T08:15:00Z", "2026-03-04T08:15:60Z", "1900-01-01T00:00:00+14:00", "2099-12-31T23:59:59-23:59"),
    *("2026-03-04T08:15:00.123456789Z", "2026-03-04T08:15:00+24:00", "2026-03-04T08:15:00z"),
)
_INSTANTS = st.one_of(
    st.sampled_from(_HOURS),
    st.datetimes(datetime(1890, 1, 1), datetime(2210, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 -- given above
        lambda at: at.isoformat()
    ),
)
_DAYS = st.sampled_from(["2026-03-04", "2026-02-30", "20260304", "2026-03-04T00:00:00", "1899-12-31", None])
_REFERENCES = st.one_of(
    st.fixed_dictionaries({"ref": _TEXTS}),
    st.fixed_dictionaries({"id": st.uuids().map(str)}),
    st.fixed_dictionaries({"ref": _TEXTS, "id": st.one_of(st.none(), st.uuids().map(str))}),
    _ODD,
)
_MEMBERS: dict[str, st.SearchStrategy[Any]] = {
    "id": _TEXTS,
    "revision": st.one_of(st.sampled_from([0, 3, -1, 2**53 - 1, 2**53, 2**70, 1.0, "1", True]), st.integers()),
    "measure": st.sampled_from(["order.amount", "Order", "a..b", " a", "a\n", "é", "a" * 101]),
    "value": _NUMBERS,
    "currency": st.sampled_from(["CNY", "cny", "CNY\n", "", None]),
    "occurred_at": _INSTANTS,
    "credit_date": _DAYS,
    "cohort_date": _DAYS,
    "dimensions": st.one_of(st.dictionaries(_TEXTS, st.one_of(_TEXTS, _ODD), max_size=22), _ODD),
    "employee": _REFERENCES,
    "credits": st.none(),
    "department": st.one_of(st.none(), st.just({"code": "RISK"})),
    "company": st.booleans(),
    "retracted": st.booleans(),
    "colour": _ODD,
}
_CHANGES = st.lists(
    st.sampled_from([*_MEMBERS]).flatmap(lambda name: st.tuples(st.just(name), st.one_of(_MEMBERS[name], _ODD))),
    max_size=3,
).map(dict)


def both_ways(items: str) -> tuple[list[Received], list[Received]]:
    """Read the JSON of a list of items quickly where that is possible, and by the schema alone."""
    quickly: Any = read_batch(f'{{"source": "crm", "items": {items}}}'.encode())["items"]
    return _ITEMS.validate_python(quickly), _ITEMS.validate_python(json.loads(items))


def meaning(received: Received) -> object:
    if not isinstance(received.result, Arrival):
        return received
    arrival = received.result
    place = arrival.statement and [share.reference.place for share in arrival.statement.shares]
    return received.remote_id, arrival._replace(payload=""), json.loads(arrival.payload), place


@settings(deadline=None)  # on a busy machine an example may take its time
@given(_CHANGES)
@example({})
@example({"dimensions": {"channel": "direct"}, "currency": "CNY", "cohort_date": "2026-03-01", "revision": 3})
def test_an_item_says_the_same_however_it_is_read(changes: dict[str, Any]) -> None:
    quick, whole = both_ways(json.dumps([{**make_item(id="SO-1"), **changes}]))
    assert list(map(meaning, quick)) == list(map(meaning, whole))


_REST = '"measure": "m", "value": "1", "occurred_at": "2026-03-04T08:15:00Z"'
_UNUSUAL = (
    f'{{"id": "a", "id": "SO-1", {_REST}, "employee": {{"ref": "x", "ref": "W1"}}}}',
    f'{{"id": 7, "id": "SO-1", {_REST}, "employee": {{"ref": "W1"}}}}',
    f'{{"id": "S\\u004f\\n-1", {_REST}, "employee": {{"ref": "\\ud83d\\ude00"}}, "dimensions": {{"a": "", "a": ""}}}}',
    *("[]", "7", "null", "{}"),
)


@pytest.mark.parametrize("item", _UNUSUAL)
def test_unusual_json_says_the_same(item: str) -> None:
    quick, whole = both_ways(f"[{item}]")
    assert list(map(meaning, quick)) == list(map(meaning, whole))


def test_what_nearly_every_item_looks_like_is_read_quickly() -> None:
    item = make_item(currency="CNY", dimensions={"channel": "direct"}, revision=2)
    quickly: Any = read_batch(json.dumps({"source": "crm", "items": [item]}).encode())["items"]
    assert isinstance(quickly[0], Received)
