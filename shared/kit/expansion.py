"""Expanded references: beside an id what it stands for, as far as the caller may see that."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Label, func, null, select
from sqlalchemy.dialects.postgresql import JSONB


def related(
    label: str,
    columns: Sequence[ColumnElement[Any]],
    *,
    source: FromClause,
    where: Sequence[ColumnElement[bool]],
    owner: FromClause,
) -> Label[Any]:
    """Give one row of `source` beside each row of `owner` as a JSON object; null where there is none."""
    pairs = [part for column in columns for part in (str(column.key), column)]
    found = select(func.jsonb_build_object(*pairs)).select_from(source).where(*where).limit(1)
    return found.correlate(owner).scalar_subquery().label(label)


def hidden(label: str) -> Label[Any]:
    """Stand for a reference to what the caller may not see."""
    return null().cast(JSONB).label(label)
