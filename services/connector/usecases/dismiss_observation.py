"""Decide that an observation in quarantine shall never count."""

from uuid import UUID

from services.connector.domain.observation import Change, Observation
from services.connector.usecases.ports import Work


async def dismiss_observation(work: Work, observation_id: UUID, *, by: str, reason: str) -> Observation:
    """Dismiss it until its source sends a higher revision. Raises NotFound, Conflict (`not_quarantined`)."""
    async with work() as uow:
        observation = await uow.observations.get(observation_id)
        dismissed = observation.dismissed(by=by, reason=reason, at=uow.now())
        await uow.observations.save([Change(observation, dismissed)])
        await uow.commit()
    return dismissed
