"""Results as they are kept: one JSON document each, decimals as text, so that every digit comes back."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import Column, ColumnElement, Table, Text, cast

from services.performance.domain.schemes.assignment import Place
from services.performance.domain.scoring.scorecard import Result, ScoredItem, Verdict
from services.performance.domain.scoring.timeline import WHOLE, Stretch
from services.performance.domain.texts import exact_text
from shared.core.decimals import positional
from shared.core.periods import Period


class _Segment(Struct, omit_defaults=True):
    starts_on: str
    ends_on: str
    workdays: int
    department_id: str
    position_id: str
    scheme_id: str | None
    scheme_version: int | None
    absent: int = 0
    fte: str = "1"
    allocation: str = "1"


class _Document(Struct):
    state: str
    total: Decimal | None
    grade: str | None
    scored_weight: int
    items: tuple[ScoredItem, ...]
    segments: tuple[_Segment, ...] = ()
    workdays: int = 0
    overall: tuple[ScoredItem, ...] = ()
    before_veto: Verdict | None = None


def kept_columns(table: Table) -> list[ColumnElement[Any] | Column[Any]]:
    """Select all columns of a table, its result as the text that `read_result` reads."""
    return [cast(column, Text).label("result") if column.name == "result" else column for column in table.c]


def write_result(result: Result) -> str:
    segments = tuple(map(_written_segment, result.segments))
    names = _Document.__struct_fields__
    document = _Document(**{**{name: getattr(result, name) for name in names}, "segments": segments})
    text = _encode(document).decode()
    return _TINY.sub(_in_plain_digits, text) if "E-" in text else text


def read_result(text: str | bytes) -> Result:
    """Read what was kept; older documents lack what came later."""
    document = _decode(text)
    segments = tuple(map(_read_segment, document.segments))
    return Result(**{**{name: getattr(document, name) for name in document.__struct_fields__}, "segments": segments})


def _in_plain_digits(tiny: re.Match[str]) -> str:
    """Write a number as everywhere else; the encoder gives what is below 0.000001 an exponent."""
    return f'"{tiny["name"]}":"{positional(Decimal(tiny["number"]))}"'


def _kept(value: object) -> str:
    if isinstance(value, Fraction):
        return exact_text(value)
    raise NotImplementedError(type(value))


def _read(kind: type, text: str) -> Fraction:
    if kind is Fraction:
        return Fraction(text)
    raise NotImplementedError(kind)


_TINY = re.compile('"(?P<name>target|actual)":"(?P<number>-?[0-9.]+E-[0-9]+)"')
"""Of no text, where quotation marks would be escaped."""
_encode = msgspec.json.Encoder(enc_hook=_kept).encode
_decode = msgspec.json.Decoder(_Document, dec_hook=_read).decode


def _written_segment(segment: Stretch) -> _Segment:
    place = segment.place
    return _Segment(
        starts_on=segment.period.starts_on.isoformat(),
        ends_on=segment.period.ends_on.isoformat(),
        workdays=segment.workdays,
        department_id=str(place.department_id),
        position_id=str(place.position_id),
        scheme_id=None if place.scheme_id is None else str(place.scheme_id),
        scheme_version=place.scheme_version,
        absent=segment.absent,
        fte=exact_text(segment.fte),
        allocation=exact_text(segment.allocation),
    )


def _read_segment(segment: _Segment) -> Stretch:
    place = _place(segment.department_id, segment.position_id, segment.scheme_id, segment.scheme_version)
    days = _period(segment.starts_on, segment.ends_on)
    return Stretch(days, place, segment.workdays, segment.absent, _part(segment.fte), _part(segment.allocation))


@lru_cache(maxsize=1024)
def _part(text: str) -> Fraction:
    """Read what is the whole for most people."""
    return WHOLE if text == "1" else Fraction(text)


@lru_cache(maxsize=1024)
def _period(starts_on: str, ends_on: str) -> Period:
    """Read days that most people of a cycle share."""
    return Period(date.fromisoformat(starts_on), date.fromisoformat(ends_on))


@lru_cache(maxsize=1024)
def _place(department_id: str, position_id: str, scheme_id: str | None, scheme_version: int | None) -> Place:
    """Read a place that colleagues share."""
    scheme = None if scheme_id is None else UUID(scheme_id)
    return Place(UUID(department_id), UUID(position_id), scheme, scheme_version)
