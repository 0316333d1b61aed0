"""The connector: systems, the numbers they send, and whom they mean."""

from typing import Any

from tests.integration.access.oracle import ADMINISTRATORS, Audience, company_hr, of_people
from tests.integration.access.recipe import Fill, Listing, Recipe
from tests.integration.access.world.connector import PLANNED, order

_READERS = Audience(hr="any", admin=True, scope="observations:read")
_MAINTAINERS = Audience(admin=True, scope="connections:write")
_WHOLE_HR = company_hr("observations:read")
_LINKERS = Audience(hr="company", admin=True, scope="connections:write", own_forbidden=True)
_SENDERS = Audience(scope="observations:write")
_PLANNERS = Audience(scope="business_targets:write")
_OF_PEOPLE = of_people("observations:read")
_CONNECTION = {"connection_id": "connection"}
_LINK = {"link_id": "identity_link"}
_TARGET = {"source": "source", "remote_id": "business_target_name"}


def _link(fill: Fill) -> Any:
    return {"value": "another code", "employee_id": fill.row("employee")}


def _batch(fill: Fill) -> Any:
    return {"source": fill.ours("source"), "items": [{**order("report"), "id": "another"}]}


def _declaration(fill: Fill) -> Any:
    days = {"starts_on": "2019-01-01", "complete_through": "2019-01-31"}
    return {"source": fill.ours("source"), "measure": "order.amount", **days}


RECIPES = (
    Recipe("GET /v1/tenant/export/connector", ADMINISTRATORS),
    Recipe("GET /v1/connections", _READERS, listing=Listing("any_connection")),
    Recipe("GET /v1/connections/{connection_id}", _READERS, rows=_CONNECTION),
    Recipe("POST /v1/connections", _MAINTAINERS, body=lambda _: {"key": "erp", "name": "ERP"}),
    Recipe("PATCH /v1/connections/{connection_id}", _MAINTAINERS, rows=_CONNECTION, body=lambda _: {"name": "New"}),
    Recipe(
        "GET /v1/connections/{connection_id}/totals",
        _READERS,
        rows=_CONNECTION,
        query="?starts_on=2020-01-01&ends_on=2021-01-01",
    ),
    Recipe(
        "GET /v1/connections/{connection_id}/identity-links",
        _WHOLE_HR,
        rows=_CONNECTION,
        listing=Listing("identity_link"),
    ),
    Recipe("POST /v1/connections/{connection_id}/identity-links", _LINKERS, "person", _CONNECTION, body=_link),
    Recipe("PATCH /v1/identity-links/{link_id}", _LINKERS, "person", _LINK, body=lambda _: {"ends_on": "2025-01-01"}),
    Recipe("DELETE /v1/identity-links/{link_id}", _LINKERS, "person", _LINK),
    Recipe("POST /v1/observations", _SENDERS, body=_batch),
    Recipe("GET /v1/observations", _OF_PEOPLE, listing=Listing("observation"), query="?status=counted"),
    Recipe("GET /v1/observations/{observation_id}", _OF_PEOPLE, "person", {"observation_id": "observation"}),
    Recipe("GET /v1/quarantine", _WHOLE_HR, listing=Listing("quarantined")),
    Recipe("GET /v1/quarantine/summary", _WHOLE_HR),
    Recipe(
        "POST /v1/quarantine/{observation_id}/dismissal",
        company_hr(),
        rows={"observation_id": "quarantined"},
        body=lambda _: {"reason": "nobody's"},
    ),
    Recipe("POST /v1/completeness", _SENDERS, body=_declaration),
    Recipe(
        "GET /v1/business-targets",
        Audience(hr="scope", admin=True, scope="business_targets:write"),
        listing=Listing("business_target"),
    ),
    Recipe(
        "PUT /v1/business-targets/{source}/{remote_id}",
        _PLANNERS,
        rows=_TARGET,
        body=lambda _: {"metric": "sales", "value": "7", **PLANNED, "company": True},
    ),
    Recipe("DELETE /v1/business-targets/{source}/{remote_id}", _PLANNERS, rows=_TARGET),
)
