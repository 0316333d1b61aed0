"""The gateway: the company, accounts and systems, and the log of who did what."""

from tests.integration.access.oracle import ADMINISTRATORS, Audience
from tests.integration.access.recipe import Listing, Recipe
from tests.integration.access.world.gateway import PASSWORD

_ACCOUNT = {"account_id": "account"}
_CLIENT = {"client_id": "api_client"}
_ACCOUNTS = Audience(oneself=True, logged_in=True)
_TENANT = Audience(everybody=True, hr="any", admin=True, auditor=True, scope="tenant:read")

RECIPES = (
    Recipe("GET /v1/tenant", _TENANT),
    Recipe("PATCH /v1/tenant", ADMINISTRATORS, body=lambda _: {"name": "New"}),
    Recipe("PUT /v1/tenant/clock", ADMINISTRATORS, body=lambda _: {"now": None}),
    Recipe("GET /v1/accounts", ADMINISTRATORS, listing=Listing("account")),
    Recipe("GET /v1/accounts/{account_id}", ADMINISTRATORS, "person", _ACCOUNT, names=("report",)),
    Recipe("POST /v1/accounts", ADMINISTRATORS, body=lambda _: {"username": "new", "password": PASSWORD}),
    Recipe(
        "PATCH /v1/accounts/{account_id}",
        ADMINISTRATORS,
        "person",
        _ACCOUNT,
        body=lambda _: {"active": True},
        names=("report",),
    ),
    Recipe("DELETE /v1/accounts/{account_id}/sessions", ADMINISTRATORS, "person", _ACCOUNT, names=("report",)),
    Recipe("GET /v1/sessions", _ACCOUNTS, listing=Listing("session")),
    Recipe(
        "DELETE /v1/sessions/{session_id}",
        _ACCOUNTS,
        "person",
        {"session_id": "session"},
        names=("report", "admin"),
    ),
    Recipe("GET /v1/audit-events", Audience(auditor=True)),
    Recipe("GET /v1/audit-events/about-me", Audience(everybody=True)),
    Recipe("GET /v1/audit-events/retention", Audience(admin=True, auditor=True)),
    Recipe("PUT /v1/audit-events/retention", ADMINISTRATORS, body=lambda _: {"keep_days": 400}),
    Recipe("GET /v1/api-clients", ADMINISTRATORS, listing=Listing("api_client")),
    Recipe("GET /v1/api-clients/{client_id}", ADMINISTRATORS, rows=_CLIENT),
    Recipe("POST /v1/api-clients", ADMINISTRATORS, body=lambda _: {"name": "CRM", "scopes": ["tenant:read"]}),
    Recipe("PATCH /v1/api-clients/{client_id}", ADMINISTRATORS, rows=_CLIENT, body=lambda _: {"name": "New"}),
)
