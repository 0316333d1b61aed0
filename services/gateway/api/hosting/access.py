"""Who may do what to companies: operators with a duty, by a key that no tenant's route accepts."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fastapi import Depends, Request

from services.gateway.domain.hosting.operator import Duty, Operator, OperatorKey
from shared.core.access import Principal
from shared.core.errors import Forbidden, Unauthenticated
from shared.kit.audit import let_in
from shared.kit.auth.policy import Rule
from shared.kit.http.caller import caller_of

NOBODY = Rule(watched=True)
"""Of those who belong to a company."""
SECURITY: dict[str, Any] = {"security": [{"operator": []}]}


def on_duty(duty: Duty) -> Any:  # noqa: ANN401 -- an annotation marker, only FastAPI reads it
    """Give the dependency that admits operators with a duty; the log of the company they name tells of it."""

    async def permitted(request: Request) -> Operator:
        operator = await _operator(request)
        tenant_id = _named(request)
        if tenant_id is not None:
            await request.app.state.companies.one(tenant_id)
            act_in(tenant_id, operator)
        operator.require(duty)
        return operator

    permitted.action = duty  # type: ignore[attr-defined]  # the registry test reads it off the route
    permitted.rule = NOBODY  # type: ignore[attr-defined]  # and the audit log both
    return Depends(permitted)


def act_in(tenant_id: UUID, operator: Operator) -> None:
    """Let the company's audit log name the operator."""
    let_in(Principal(tenant_id, str(operator.id), "operator"))


async def _operator(request: Request) -> Operator:
    """Tell which operator asks. Raises Unauthenticated, and Forbidden for callers of some company."""
    shown = OperatorKey.read(request.headers.get("authorization", "").partition(" ")[2].strip())
    if shown is None:
        caller_of(request)
        raise Forbidden("not_permitted", "This is for operators of the installation alone.")
    operator: Operator | None = await request.app.state.operators.find(shown.id)
    if operator is None or not operator.is_proven_by(shown, at=datetime.now(UTC)):
        raise Unauthenticated("token_invalid", "The operator's key is unknown, or good no longer.")
    return operator


def _named(request: Request) -> UUID | None:
    try:
        return UUID(request.path_params.get("tenant_id", ""))
    except ValueError:
        return None
