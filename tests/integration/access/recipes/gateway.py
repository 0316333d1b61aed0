"""The gateway: the company, accounts and systems, and the log of who did what."""

import httpx

from tests.integration.access.oracle import ADMINISTRATORS, Audience, Verdict
from tests.integration.access.recipe import Listing, Recipe
from tests.integration.access.world.gateway import PASSWORD, PROVIDER

_ACCOUNT = {"account_id": "account"}
_CLIENT = {"client_id": "api_client"}
_ACCOUNTS = Audience(oneself=True, logged_in=True)
_TENANT = Audience(everybody=True, hr="any", admin=True, auditor=True, scope="tenant:read")

_SELF = Audience(oneself=True, logged_in=True, shares_company=True)
_KEY = {**_CLIENT, "key_id": "client_key"}


def _past_the_policy(response: httpx.Response) -> Verdict:
    """Tell who is let at the own account at all; what a code or a password that is not right gets is told elsewhere."""
    refused = response.status_code == httpx.codes.FORBIDDEN and response.json()["code"] in {
        "not_permitted",
        "not_a_person",
    }
    return Verdict.FORBIDDEN if refused else Verdict.ADMITTED


_NOBODY = Audience()
"""Operators alone, who belong to no company, whatever one is called in it."""
_SOME = {"tenant_id": "0193d6a0-0000-7000-8000-000000000000"}
_LIMIT = {**_SOME, "kind": "reads"}


RECIPES = (
    Recipe("GET /v1/tenant/export/gateway", ADMINISTRATORS),
    Recipe("GET /v1/tenants", _NOBODY),
    Recipe("POST /v1/tenants", _NOBODY, body=lambda _: {"name": "New", "admin": "root"}),
    Recipe("GET /v1/tenants/{tenant_id}", _NOBODY, fixed=_SOME),
    Recipe("PUT /v1/tenants/{tenant_id}/suspension", _NOBODY, fixed=_SOME, body=lambda _: {"reason": "unpaid"}),
    Recipe("DELETE /v1/tenants/{tenant_id}/suspension", _NOBODY, fixed=_SOME),
    Recipe("PUT /v1/tenants/{tenant_id}/erasure", _NOBODY, fixed=_SOME, body=lambda _: {"name": "Test company"}),
    Recipe("DELETE /v1/tenants/{tenant_id}/erasure", _NOBODY, fixed=_SOME),
    Recipe("GET /v1/tenants/{tenant_id}/limits", _NOBODY, fixed=_SOME),
    Recipe("PUT /v1/tenants/{tenant_id}/limits/{kind}", _NOBODY, fixed=_LIMIT, body=lambda _: {"amount": 7}),
    Recipe("DELETE /v1/tenants/{tenant_id}/limits/{kind}", _NOBODY, fixed=_LIMIT),
    Recipe("GET /v1/second-factor", _SELF, read=_past_the_policy),
    Recipe("POST /v1/second-factor", _SELF, read=_past_the_policy),
    Recipe("POST /v1/second-factor/confirmation", _SELF, body=lambda _: {"code": "000000"}, read=_past_the_policy),
    Recipe("POST /v1/second-factor/removal", _SELF, body=lambda _: {"code": "000000"}, read=_past_the_policy),
    Recipe(
        "PUT /v1/password",
        _SELF,
        body=lambda _: {"present_password": "none of theirs", "new_password": PASSWORD},
        read=_past_the_policy,
    ),
    Recipe("DELETE /v1/accounts/{account_id}/second-factor", ADMINISTRATORS, "person", _ACCOUNT, names=("report",)),
    Recipe("GET /v1/api-clients/{client_id}/keys", ADMINISTRATORS, rows=_CLIENT),
    Recipe("POST /v1/api-clients/{client_id}/keys", ADMINISTRATORS, rows=_CLIENT, body=lambda _: {"kind": "secret"}),
    Recipe("DELETE /v1/api-clients/{client_id}/keys/{key_id}", ADMINISTRATORS, rows=_KEY),
    Recipe("GET /v1/tenant", _TENANT),
    Recipe("GET /v1/dashboard", Audience(everybody=True, hr="any", admin=True)),
    Recipe("GET /v1/tenant/limits", ADMINISTRATORS),
    Recipe("PATCH /v1/tenant", ADMINISTRATORS, body=lambda _: {"name": "New"}),
    Recipe("GET /v1/tenant/identity-provider", ADMINISTRATORS),
    Recipe("PUT /v1/tenant/identity-provider", ADMINISTRATORS, body=lambda _: PROVIDER),
    Recipe("DELETE /v1/tenant/identity-provider", ADMINISTRATORS),
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
    Recipe("GET /v1/audit-events/refused-to-me", _SELF),
    Recipe("GET /v1/audit-events/retention", Audience(admin=True, auditor=True)),
    Recipe("PUT /v1/audit-events/retention", ADMINISTRATORS, body=lambda _: {"keep_days": 400}),
    Recipe("GET /v1/api-clients", ADMINISTRATORS, listing=Listing("api_client")),
    Recipe("GET /v1/api-clients/{client_id}", ADMINISTRATORS, rows=_CLIENT),
    Recipe("POST /v1/api-clients", ADMINISTRATORS, body=lambda _: {"name": "CRM", "scopes": ["tenant:read"]}),
    Recipe("PATCH /v1/api-clients/{client_id}", ADMINISTRATORS, rows=_CLIENT, body=lambda _: {"name": "New"}),
)
