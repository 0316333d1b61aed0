"""Tells of what a side of a metric takes in which of it the number is made of."""

from collections.abc import Mapping
from typing import Any

from services.performance.domain.observations.picking import part_of
from services.performance.usecases.ports import UnitOfWork
from services.performance.usecases.ports.observations import Intake
from shared.core.paging import Page, PageRequest


async def marked(uow: UnitOfWork, intake: Intake, page: PageRequest) -> Page:
    """Give a page of what is taken in, each with its `fate`, and with what is `counted_instead` where it does not."""
    found = await uow.aggregates.taken_in(intake, page)
    groups = {row["group"] for row in found.rows} - {None}
    picks = await uow.aggregates.picked(intake, groups) if groups and intake.side.is_selective else {}

    def mark(row: Mapping[str, Any]) -> dict[str, Any]:
        return {**row, **part_of(intake.side, row["observation_id"], row["group"], picks)._asdict()}

    return Page([mark(row) for row in found.rows], found.next_after)
