"""Results as they are kept: decimals as plain text, so that every digit comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from services.performance.domain.schemes.assignment import Place
from services.performance.domain.scoring.scorecard import Result, ScoredItem, Verdict
from services.performance.domain.scoring.timeline import Stretch
from services.performance.domain.texts import exact_text
from shared.core.decimals import plain
from shared.core.periods import Period

_ITEM = tuple(field.name for field in fields(ScoredItem))
_VALUES = attrgetter(*_ITEM)
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
    place = segment.place
    return {
        "starts_on": segment.period.starts_on.isoformat(),
        "ends_on": segment.period.ends_on.isoformat(),
        "workdays": segment.workdays,
        "department_id": _id(place.department_id),
        "position_id": _id(place.position_id),
        "scheme_id": _id(place.scheme_id),
        "scheme_version": place.scheme_version,
        **({"absent": segment.absent} if segment.absent else {}),
        **({"fte": exact_text(segment.fte)} if segment.fte != 1 else {}),
    }


def _read_segment(document: Mapping[str, Any]) -> Stretch:
    place = (document[name] for name in ("department_id", "position_id", "scheme_id", "scheme_version"))
    days = _period(document["starts_on"], document["ends_on"])
    absent, fte = document.get("absent", 0), Fraction(document.get("fte", 1))
    return Stretch(days, _place(*place), document["workdays"], absent, fte)


@lru_cache(maxsize=1024)
def _period(starts_on: str, ends_on: str) -> Period:
    """Read days that most people of a cycle share."""
    return Period(date.fromisoformat(starts_on), date.fromisoformat(ends_on))


@lru_cache(maxsize=1024)
def _place(department_id: str, position_id: str, scheme_id: str, scheme_version: int) -> Place:
    """Read a place that colleagues share."""
    return Place(UUID(department_id), UUID(position_id), UUID(scheme_id), scheme_version)


def _id(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _written_items(items: Sequence[ScoredItem]) -> list[dict[str, Any]]:
    return [
        {
            **dict(zip(_ITEM, _VALUES(item), strict=True)),
            "target": _text(item.target),
            "actual": _text(item.actual),
            "points": _text(item.points),
            "proration": _exact(item.proration),
            "scale": _exact(item.scale),
        }
        for item in items
    ]


def _read_items(documents: Sequence[Mapping[str, Any]]) -> tuple[ScoredItem, ...]:
    return tuple(
        ScoredItem(
            **{
                **item,
                "target": _number(item["target"]),
                "actual": _number(item["actual"]),
                "points": _number(item["points"]),
                "proration": _fraction(item.get("proration")),
                "scale": _fraction(item.get("scale")),
            }
        )
        for item in documents
    )


def _total(total: Decimal | None) -> str | None:
    """Keep the two places to which it was rounded."""
    return None if total is None else f"{total:f}"


def _text(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else exact_text(value)


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
