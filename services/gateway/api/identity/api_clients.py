"""`/v1/api-clients`: systems that call the API, and front ends through which people do."""

from datetime import datetime
from secrets import token_urlsafe
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.gateway.api.deps import QueriesDep, WorkDep
from services.gateway.api.policy import POLICY
from services.gateway.domain.identity.redirect_uri import LONGEST
from services.gateway.domain.identity.scopes import SCOPES
from services.gateway.usecases.identity.change_api_client import change_api_client
from services.gateway.usecases.identity.create_api_client import create_api_client
from shared.kit.http.answers import Secret
from shared.kit.http.app import OMITTED, Body, View, new_router
from shared.kit.http.paging import Listed, UpdatedParams, listed
from shared.kit.http.versions import ExpectedVersion, tagged

router = new_router(tag="api-clients")
Name = Annotated[str, Field(min_length=1, max_length=200)]
Scopes = Annotated[tuple[str, ...], Field(max_length=len(SCOPES), examples=[["observations:write"]])]
Networks = Annotated[
    tuple[Annotated[str, Field(max_length=50)], ...],
    Field(max_length=50, description="From where it may come, in CIDR notation; from anywhere where empty."),
]
RedirectUris = Annotated[
    tuple[Annotated[str, Field(max_length=LONGEST)], ...],
    Field(
        max_length=20,
        description="Where people are sent who have logged in for it: https URLs, or http://127.0.0.1 with any port.",
        examples=[["https://people.example.com/callback"]],
    ),
]
_SECRET_BYTES = 32


class NewApiClient(Body):
    name: Name
    scopes: Scopes = ()
    networks: Networks = ()
    redirect_uris: RedirectUris = ()
    public: bool = False
    """Can keep no secret, and gets none, as a page in a browser; it acts for people alone."""


class ApiClientPatch(Body):
    name: Name = OMITTED
    scopes: Scopes = OMITTED
    networks: Networks = OMITTED
    redirect_uris: RedirectUris = OMITTED
    active: bool = OMITTED


class ApiClientView(View):
    """`id` is the `client_id` of OAuth 2.0."""

    id: UUID
    name: str
    scopes: list[str]
    networks: list[str]
    redirect_uris: list[str]
    public: bool
    active: bool
    created_at: datetime
    updated_at: datetime
    sequence: int


class NewApiClientView(ApiClientView):
    secret: Secret = None
    """Shown in the first answer and never again; a public client has none."""


@router.get("/api-clients", dependencies=[POLICY.allow("api_clients:manage")])
async def list_api_clients(queries: QueriesDep, page: UpdatedParams) -> Listed[ApiClientView]:
    return listed(await queries.api_clients(page), ApiClientView.model_validate)


@router.get("/api-clients/{client_id}", dependencies=[POLICY.allow("api_clients:manage")])
async def get_api_client(client_id: UUID, response: Response, queries: QueriesDep) -> ApiClientView:
    row = await queries.api_client(client_id)
    return tagged(response, ApiClientView.model_validate(row))


@router.post("/api-clients", status_code=201, dependencies=[POLICY.allow("api_clients:manage")])
async def post_api_client(body: NewApiClient, response: Response, work: WorkDep) -> NewApiClientView:
    secret = None if body.public else token_urlsafe(_SECRET_BYTES)
    client = await create_api_client(work, **body.model_dump(exclude={"public"}), secret=secret)
    return tagged(response, NewApiClientView.model_validate(client).model_copy(update={"secret": secret}))


@router.patch("/api-clients/{client_id}", dependencies=[POLICY.allow("api_clients:manage")])
async def patch_api_client(
    client_id: UUID, body: ApiClientPatch, response: Response, work: WorkDep, expected: ExpectedVersion
) -> ApiClientView:
    changes = body.model_dump(exclude_unset=True)
    changed = await change_api_client(work, client_id, changes, expected=expected)
    return tagged(response, ApiClientView.model_validate(changed))
