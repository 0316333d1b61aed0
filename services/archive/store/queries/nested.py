"""Rows of another table inside a row, as a JSON list."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Label, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by


def nested(
    label: str,
    fields: dict[str, ColumnElement[Any]],
    *,
    source: FromClause,
    where: ColumnElement[bool],
    order: ColumnElement[Any],
    owner: FromClause,
) -> Label[Any]:
    """List the rows of `source` that meet `where` beside each row of `owner`; cast exact numbers to text first."""
    pairs = [part for name, value in fields.items() for part in (name, value)]
    rows = func.jsonb_agg(aggregate_order_by(func.jsonb_build_object(*pairs), order))
    inner = select(func.coalesce(rows, func.jsonb_build_array())).select_from(source).where(where)
    return inner.correlate(owner).scalar_subquery().label(label)
