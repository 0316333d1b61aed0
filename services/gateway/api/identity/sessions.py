"""`/v1/sessions`: people log in and out, and see where they are logged in."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.gateway.api.deps import AttemptsDep, CredentialsDep, IssuerDep, QueriesDep, WorkDep, WorkOfDep
from services.gateway.api.identity.accounts import Password, ShownPassword, Username
from services.gateway.api.identity.tokens import TokenView, keep_out_of_caches, new_secret
from services.gateway.api.policy import POLICY
from services.gateway.usecases.identity.change_password import change_password
from services.gateway.usecases.identity.end_sessions import end_session
from services.gateway.usecases.identity.open_session import Opened, open_session
from shared.core.access import Grant
from shared.kit.http.app import Body, View, new_router
from shared.kit.http.paging import Listed, WholeParams, listed

router = new_router(tag="sessions")
ToOwn = Annotated[Grant, POLICY.allow("sessions:own")]


class NewSession(Body):
    username: Username
    password: ShownPassword
    code: Annotated[str, Field(min_length=6, max_length=32)] | None = Field(default=None, repr=False)
    """Of the person's device, or a recovery code, where a second factor is set up."""
    tenant: UUID | None = None


class NewPassword(Body):
    present_password: ShownPassword
    new_password: Password


class OpenSessionView(View):
    id: UUID
    client_id: UUID | None
    """The front end it was opened through; null where it was the API itself."""
    methods: list[str]
    """How the person proved who it is."""
    created_at: datetime
    refreshed_at: datetime
    expires_at: datetime
    """Unless it is carried on before."""


class SessionView(TokenView):
    refresh_token: str
    """Buys the next access token at `/oauth/token`, once, and with it comes the next refresh token."""
    session_id: UUID
    tenant_id: UUID
    account_id: UUID
    employee_id: UUID | None
    roles: list[str]

    @classmethod
    def of(cls, opened: Opened, **token: object) -> Self:
        principal = opened.principal
        return cls.model_validate(
            {
                **token,
                "refresh_token": opened.refresh.written("rt"),
                "session_id": opened.session.id,
                "tenant_id": principal.tenant_id,
                "account_id": principal.subject,
                "employee_id": principal.employee_id,
                "roles": sorted(principal.roles),
            },
        )


@router.post("/sessions", status_code=201, openapi_extra={"security": []})
async def post_session(
    body: NewSession,
    response: Response,
    *,
    credentials: CredentialsDep,
    attempts: AttemptsDep,
    work_of: WorkOfDep,
    issuer: IssuerDep,
) -> SessionView:
    """Give a person an access token for five minutes; `tenant` is needed where companies share a user name."""
    opened = await open_session(
        credentials,
        attempts,
        work_of,
        username=body.username,
        password=body.password,
        code=body.code,
        tenant_id=body.tenant,
        secret=new_secret(),
        at=issuer.clock.now(),
    )
    keep_out_of_caches(response)
    return SessionView.of(opened, **issuer.issue(opened.principal, session=opened.session.id))


@router.put("/password", status_code=204)
async def put_password(
    body: NewPassword, grant: ToOwn, *, work: WorkDep, attempts: AttemptsDep, issuer: IssuerDep
) -> None:
    """Choose another password and log in anew, everywhere."""
    await change_password(
        work,
        attempts,
        grant.principal.as_account(),
        present=body.present_password,
        new=body.new_password,
        at=issuer.clock.now(),
    )


@router.get("/sessions")
async def list_sessions(
    grant: ToOwn, queries: QueriesDep, page: WholeParams, issuer: IssuerDep
) -> Listed[OpenSessionView]:
    """Show where the caller is logged in."""
    account_id = grant.principal.as_account()
    rows = await queries.sessions(page, account_id=account_id, at=issuer.clock.now())
    return listed(rows, OpenSessionView.model_validate)


@router.delete("/sessions/{session_id}", status_code=204)
async def delete_session(session_id: UUID, grant: ToOwn, work: WorkDep) -> None:
    """Log out, here or elsewhere."""
    await end_session(work, session_id, account_id=grant.principal.as_account())
