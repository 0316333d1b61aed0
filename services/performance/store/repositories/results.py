"""Results as they are kept: decimals as plain text, so that every digit comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.performance.domain.schemes.assignment import Place
from services.performance.domain.scoring.scorecard import Result, ScoredItem, Verdict
from services.performance.domain.scoring.timeline import Stretch
from shared.core.decimals import plain
from shared.core.periods import Period

_NUMBERS = ("target", "actual", "points")
_ITEM = tuple(field.name for field in fields(ScoredItem))
_RESULT = tuple(field.name for field in fields(Result))


def write_result(result: Result) -> dict[str, Any]:
    before = result.before_veto
    return {
        **{name: getattr(result, name) for name in _RESULT},
        "total": _total(result.total),
        "segments": [_written_segment(segment) for segment in result.segments],
        "items": _written_items(result.items),
        "overall": _written_items(result.overall),
        "before_veto": before and {"total": _total(before.total), "grade": before.grade},
    }


def read_result(document: Mapping[str, Any]) -> Result:
    before = document.get("before_veto")
    return Result(
        **{
            **document,
            "total": _number(document["total"]),
            "segments": tuple(map(_read_segment, document.get("segments", ()))),
            "items": _read_items(document["items"]),
            "overall": _read_items(document.get("overall", ())),
            "before_veto": before and Verdict(_number(before["total"]), before["grade"]),
        }
    )


def _written_segment(segment: Stretch) -> dict[str, Any]:
    place = {name: _id(value) for name, value in asdict(segment.place).items()}
    days = {"starts_on": segment.period.starts_on.isoformat(), "ends_on": segment.period.ends_on.isoformat()}
    return {**days, "workdays": segment.workdays, **place}


def _read_segment(document: Mapping[str, Any]) -> Stretch:
    period = Period(date.fromisoformat(document["starts_on"]), date.fromisoformat(document["ends_on"]))
    department_id, position_id, scheme_id = (
        UUID(document[name]) for name in ("department_id", "position_id", "scheme_id")
    )
    place = Place(department_id, position_id, scheme_id, document["scheme_version"])
    return Stretch(period, place, document["workdays"])


def _id(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value


def _written_items(items: Sequence[ScoredItem]) -> list[dict[str, Any]]:
    return [{name: _written(item, name) for name in _ITEM} for item in items]


def _read_items(documents: Sequence[Mapping[str, Any]]) -> tuple[ScoredItem, ...]:
    return tuple(ScoredItem(**{**item, **{name: _number(item[name]) for name in _NUMBERS}}) for item in documents)


def _written(item: ScoredItem, name: str) -> object:
    return _text(getattr(item, name)) if name in _NUMBERS else getattr(item, name)


def _total(total: Decimal | None) -> str | None:
    """Keep the two places to which it was rounded."""
    return None if total is None else f"{total:f}"


def _text(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
