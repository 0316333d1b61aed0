"""What the gateway's routes ask for."""

from typing import Annotated

from fastapi import Depends, Request

from services.gateway.api.identity.tokens import Issuer
from services.gateway.usecases.ports import Queries, Work, WorkOf
from services.gateway.usecases.ports.identity import Attempts, Credentials
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


WorkDep = Annotated[Work, Depends(work_of)]
QueriesDep = Annotated[Queries, Depends(queries_of)]
AttemptsDep = Annotated[Attempts, Depends(_attempts)]
CredentialsDep = Annotated[Credentials, Depends(_credentials)]
WorkOfDep = Annotated[WorkOf, Depends(_work_of_tenant)]
IssuerDep = Annotated[Issuer, Depends(_issuer)]
