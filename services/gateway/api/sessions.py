"""`/v1/sessions`: people log in."""

from typing import Annotated, Self
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.gateway.api.accounts import Username
from services.gateway.api.deps import CredentialsDep, IssuerDep, WorkOfDep
from services.gateway.api.tokens import TokenView, keep_out_of_caches
from services.gateway.usecases.open_session import open_session
from shared.core.access import Principal
from shared.kit.http.app import Body, new_router

router = new_router(tag="sessions")


class NewSession(Body):
    username: Username
    password: Annotated[str, Field(max_length=1024, repr=False, json_schema_extra={"format": "password"})]
    tenant: UUID | None = None


class SessionView(TokenView):
    tenant_id: UUID
    account_id: UUID
    employee_id: UUID | None
    roles: list[str]

    @classmethod
    def of(cls, principal: Principal, **token: object) -> Self:
        return cls.model_validate(
            {
                **token,
                "tenant_id": principal.tenant_id,
                "account_id": principal.subject,
                "employee_id": principal.employee_id,
                "roles": sorted(principal.roles),
            },
        )


@router.post("/sessions", status_code=201, openapi_extra={"security": []})
async def post_session(
    body: NewSession, response: Response, credentials: CredentialsDep, work_of: WorkOfDep, issuer: IssuerDep
) -> SessionView:
    """Give a person an access token for five minutes; `tenant` is needed where companies share a user name."""
    principal = await open_session(
        credentials, work_of, username=body.username, password=body.password, tenant_id=body.tenant
    )
    keep_out_of_caches(response)
    return SessionView.of(principal, **issuer.issue(principal))
