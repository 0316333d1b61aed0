"""Decide that an observation in quarantine shall never count."""

from uuid import UUID

from services.connector.domain.observation import Change, Observation
from services.connector.usecases.ports import Work
from shared.core.access import Grant
from shared.core.separation import refuse_own


async def dismiss_observation(work: Work, observation_id: UUID, *, grant: Grant, reason: str) -> Observation:
    """Dismiss it until its source sends a higher revision.

    Raises NotFound, Forbidden (`separation_of_duties`) where it credits the caller too, Conflict (`not_quarantined`).
    """
    async with work() as uow:
        observation = await uow.observations.get(observation_id)
        credited = observation.facts.parts() if observation.facts else ()
        refuse_own(grant.principal.employee_id, *(subject.id for subject in credited))
        dismissed = observation.dismissed(by=grant.principal.subject, reason=reason, at=uow.now())
        await uow.observations.save([Change(observation, dismissed)])
        await uow.commit()
    return dismissed
