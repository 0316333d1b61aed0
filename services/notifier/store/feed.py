"""The feed as its readers see it: a stretch of positions, and of these the rows within reach."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, literal, or_, select, true

from services.notifier.domain.change import Span
from services.notifier.store.tables.base import org
from services.notifier.store.tables.feed import changes, feeds
from services.notifier.usecases.ports import ChangesAsked, ChangesFound
from shared.core.access import Reach
from shared.core.paging import Row
from shared.kit import queries
from shared.kit.org.reach import ReachCompiler

STRETCH = 5_000
"""Positions one request looks at, at most: to find the few rows of one person among millions takes several requests."""
SHARED = frozenset({"business-targets", "targets"})
"""What the company as a whole is to reach is for everybody who reads any of these."""
_compiler = ReachCompiler(org.departments, org.headships)


class FeedQueries(queries.Queries):
    async def changes(self, asked: ChangesAsked) -> ChangesFound:
        """Raise Gone (`cursor_expired`) for a position whose successors are not kept."""
        async with self.reading() as (tx, tenant):
            today = tenant.today(self._works.clock)
            rows = [dict(row) for row in (await tx.execute(_stretch(asked, today))).mappings()]
        head = rows[0] if rows else {"last": 0, "forgotten": 0}
        span = Span(head["last"], head["forgotten"])
        start = span.last if asked.latest else asked.after
        if start is not None:
            span.require(start)
        found = [row for row in rows if row["position"] is not None]
        return _found(found, asked, span, after=span.forgotten if start is None else start)


def _found(found: Sequence[Row], asked: ChangesAsked, span: Span, *, after: int) -> ChangesFound:
    shown = found[: asked.limit]
    end = shown[-1]["position"] if len(found) > asked.limit else min(after + STRETCH, span.last)
    return ChangesFound(shown, end, has_more=end < span.last)


def _stretch(asked: ChangesAsked, today: date) -> Select[Any]:
    """Select how far the feed goes and what is on the way, from one snapshot, so that neither is ahead of the other."""
    after = literal(asked.after) if asked.after is not None else feeds.c.forgotten
    wanted = [
        changes.c.tenant_id == feeds.c.tenant_id,
        changes.c.position > after,
        changes.c.position <= after + STRETCH,
        false() if asked.latest else within(asked.reaches, today=today),
        *([changes.c.type.in_(asked.types)] if asked.types else []),
    ]
    rows = select(changes).where(*wanted).order_by(changes.c.position).limit(asked.limit + 1).lateral()
    found = [column for column in rows.c if column.key != "tenant_id"]
    joined = feeds.outerjoin(rows, true())
    return select(feeds.c.last, feeds.c.forgotten, *found).select_from(joined).order_by(rows.c.position)


def within(reaches: Mapping[str, Reach], *, today: date) -> ColumnElement[bool]:
    """Admit the changes of each resource as far as the caller reads that resource itself; all others stay out."""
    resources: defaultdict[Reach, list[str]] = defaultdict(list)
    for resource, reach in reaches.items():
        if not reach.nothing:
            resources[reach].append(resource)
    return or_(
        false(),
        *(and_(changes.c.resource.in_(named), _about(reach, today)) for reach, named in resources.items()),
    )


def _about(reach: Reach, today: date) -> ColumnElement[bool]:
    """Admit what is about the caller or a department within reach or, where it names none, who belongs there."""
    if reach.everything:
        return true()
    about_nobody = and_(changes.c.employee_id.is_(None), changes.c.department_id.is_(None))
    return or_(
        _compiler.predicate(reach, today=today, department=changes.c.department_id, employee=changes.c.employee_id),
        and_(changes.c.department_id.is_(None), _belongs(replace(reach, own=None), today)),
        and_(changes.c.resource.in_(SHARED), about_nobody),
    )


def _belongs(reach: Reach, today: date) -> ColumnElement[bool]:
    """Admit what is about somebody who belongs to a department within reach."""
    if reach.nothing:
        return false()
    people, spells = org.employees, org.employments
    there = _compiler.predicate(reach, today=today, department=spells.c.department_id)
    theirs = _compiler.belonging(people, spells, there, today=today).where(people.c.id == changes.c.employee_id)
    joined = spells.join(people, people.c.id == spells.c.employee_id)
    return theirs.select_from(joined).correlate(changes).exists()
