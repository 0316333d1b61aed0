"""Let go of what was told long ago."""

from datetime import timedelta

from services.notifier.usecases.ports import Work

KEEP = timedelta(days=30)
"""How long a message can be looked up and sent again."""


async def forget_messages(work: Work) -> None:
    """Delete messages older than they are kept, with deliveries and attempts, unless they are still to be sent."""
    async with work() as uow:
        await uow.deliveries.forget(KEEP)
        await uow.commit()
