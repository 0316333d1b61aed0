"""Results as they are kept: decimals as plain text, so that every digit comes back."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from services.performance.domain.scoring.scorecard import Result, ScoredItem
from shared.core.decimals import plain

_NUMBERS = ("target", "actual", "points")
_ITEM = tuple(field.name for field in fields(ScoredItem))
_RESULT = tuple(field.name for field in fields(Result))


def write_result(result: Result) -> dict[str, Any]:
    items = [{name: _written(item, name) for name in _ITEM} for item in result.items]
    total = None if result.total is None else f"{result.total:f}"  # two places, as it was rounded
    return {**{name: getattr(result, name) for name in _RESULT}, "total": total, "items": items}


def read_result(document: Mapping[str, Any]) -> Result:
    items = [ScoredItem(**{**item, **{name: _number(item[name]) for name in _NUMBERS}}) for item in document["items"]]
    return Result(**{**document, "total": _number(document["total"]), "items": tuple(items)})


def _written(item: ScoredItem, name: str) -> object:
    return _text(getattr(item, name)) if name in _NUMBERS else getattr(item, name)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
