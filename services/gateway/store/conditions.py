"""What rows have to be like, where more than one statement asks."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_

from services.gateway.domain.identity.session import IDLE, LONGEST
from services.gateway.store.tables.identity import sessions


def living(at: datetime) -> ColumnElement[bool]:
    """Tell of a session that it has not run out by then; it may have been ended."""
    return and_(sessions.c.created_at > at - LONGEST, sessions.c.refreshed_at > at - IDLE)
