"""Change an endpoint: its URL, what it wants, in which form, or whether it hears anything at all."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.notifier.domain.endpoint import Endpoint, refuse_disclosure
from services.notifier.domain.targets import Targets
from services.notifier.usecases.ports import Work
from shared.core.versions import require_version


async def change_webhook(
    work: Work,
    webhook_id: UUID,
    changes: Mapping[str, Any],
    *,
    targets: Targets,
    may_disclose: bool,
    expected: int | None,
) -> Endpoint:
    """Apply a merge patch; what waits and is no longer wanted is skipped.

    Raises NotFound, Forbidden (`full_payload_not_permitted`), PreconditionFailed, Invalid (`url_…`).
    """
    if "url" in changes:
        targets.check(changes["url"])
    async with work() as uow:
        endpoint = await uow.endpoints.get(webhook_id)
        if "url" in changes:
            endpoint.refuse_moving()
        refuse_disclosure(endpoint.payload, changes.get("payload", endpoint.payload), permitted=may_disclose)
        require_version(endpoint.sequence, expected)
        changed = endpoint.changed(changes, at=uow.now())
        await uow.endpoints.save(changed)
        await uow.deliveries.skip_unwanted(changed)
        await uow.commit()
    return changed
