"""What the gateway's routes ask for."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from services.gateway.api.identity.log_in_forms import LogInForms
from services.gateway.api.identity.tokens import Issuer
from services.gateway.domain.identity.issuers import Issuers
from services.gateway.usecases.ports import Queries, Work, WorkOf
from services.gateway.usecases.ports.identity import Attempts, Credentials
from services.gateway.usecases.ports.providers import Providers
from shared.kit.http.caller import token_of
from shared.kit.http.route import queries_of, work_of


async def _credentials(request: Request) -> Credentials:
    credentials: Credentials = request.app.state.credentials
    return credentials


async def _attempts(request: Request) -> Attempts:
    attempts: Attempts = request.app.state.attempts
    return attempts


async def _work_of_tenant(request: Request) -> WorkOf:
    of: WorkOf = request.app.state.works.of
    return of


async def _issuer(request: Request) -> Issuer:
    issuer: Issuer = request.app.state.issuer
    return issuer


async def _base_url(request: Request) -> str:
    """Tell by which URL the world reaches the gateway: the one it was given, else the one this request was sent to."""
    public_url: str | None = request.app.state.public_url
    return public_url or str(request.base_url).rstrip("/")


async def _log_in_forms(request: Request) -> LogInForms:
    forms: LogInForms = request.app.state.log_in_forms
    return forms


async def _session_id(request: Request) -> UUID | None:
    """Name the session that the caller's token belongs to."""
    return token_of(request).session


async def _providers(request: Request) -> Providers:
    providers: Providers = request.app.state.providers
    return providers


async def _issuers(request: Request) -> Issuers:
    issuers: Issuers = request.app.state.issuers
    return issuers


WorkDep = Annotated[Work, Depends(work_of)]
QueriesDep = Annotated[Queries, Depends(queries_of)]
AttemptsDep = Annotated[Attempts, Depends(_attempts)]
CredentialsDep = Annotated[Credentials, Depends(_credentials)]
WorkOfDep = Annotated[WorkOf, Depends(_work_of_tenant)]
IssuerDep = Annotated[Issuer, Depends(_issuer)]
SessionDep = Annotated[UUID | None, Depends(_session_id)]
BaseUrlDep = Annotated[str, Depends(_base_url)]
ProvidersDep = Annotated[Providers, Depends(_providers)]
IssuersDep = Annotated[Issuers, Depends(_issuers)]
LogInFormsDep = Annotated[LogInForms, Depends(_log_in_forms)]
