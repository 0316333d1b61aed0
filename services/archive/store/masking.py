"""Delicate columns as a caller may see them: what bears a label is null in rows that the label hides."""

from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, case, false, null, or_

from services.archive.store.reach import employees_within
from shared.core.access import Sight


def masked(
    column: Column[Any], sight: Sight, *, today: date, harmless: ColumnElement[bool] | None = None
) -> ColumnElement[Any]:
    """Show a column of a row about one of `employees`; `harmless` rows show it to everybody."""
    label = column.info.get("label")
    if label is None:
        return column
    seen = employees_within(sight[label], today=today)
    return case((or_(seen, false() if harmless is None else harmless), column), else_=null())
