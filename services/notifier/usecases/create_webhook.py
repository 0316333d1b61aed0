"""Register an endpoint that wants to hear of events."""

from collections.abc import Callable, Sequence
from secrets import token_bytes

from services.notifier.domain.endpoint import (
    LISTENER,
    SECRET_BYTES,
    Endpoint,
    Payload,
    Secret,
    refuse_disclosure,
    secret_text,
)
from services.notifier.domain.targets import Targets
from services.notifier.usecases.ports import Work
from shared.core.errors import Conflict


async def create_webhook(
    work: Work,
    *,
    url: str,
    event_types: Sequence[str],
    payload: Payload,
    description: str | None,
    targets: Targets,
    may_disclose: bool,
    entropy: Callable[[int], bytes] = token_bytes,
) -> tuple[Endpoint, Secret]:
    """Give the endpoint and its secret, which nobody is shown again.

    Raises Invalid (`url_…`) at `/url`, Forbidden (`full_payload_not_permitted`), Conflict (`not_a_sandbox`).
    """
    refuse_disclosure(payload, permitted=may_disclose)
    if url != LISTENER:
        targets.check(url)
    async with work() as uow:
        if url == LISTENER and not uow.sandbox:
            raise Conflict("not_a_sandbox", "Only in a sandbox does an endpoint wait to be asked.")
        now = uow.now()
        endpoint = Endpoint(
            id=uow.new_id(),
            url=url,
            event_types=tuple(event_types),
            payload=payload,
            description=description,
            sequence=1,
            created_at=now,
            updated_at=now,
        )
        secret = Secret(uow.new_id(), endpoint.id, secret_text(entropy(SECRET_BYTES)), created_at=now)
        await uow.endpoints.add(endpoint)
        await uow.secrets.add(secret)
        await uow.commit()
    return endpoint, secret
