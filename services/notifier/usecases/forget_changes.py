"""Let go of changes that were told long ago."""

from datetime import timedelta

from services.notifier.usecases.ports import Work


async def forget_changes(work: Work, *, keep: timedelta) -> None:
    """Delete changes recorded longer ago than they are kept; cursors before them expire."""
    async with work() as uow:
        await uow.feed.forget(keep)
        await uow.commit()
