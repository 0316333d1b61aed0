"""The one OpenAPI document: whole, unambiguous, and true about where requests go."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from jsonschema import Draft202012Validator

from deploy.migrate import SERVICES
from services.gateway.domain.examples import EXAMPLES
from services.gateway.domain.openapi import operations, references
from services.gateway.domain.paths import OWNERS, owner_of
from tests.factories.access import make_admin
from tests.factories.installation import bearer, client_of_running

pytestmark = pytest.mark.anyio

Json = dict[str, Any]


@pytest.fixture(scope="module")
async def document(apps: dict[str, FastAPI]) -> Json:
    async with client_of_running(apps["gateway"]) as client:
        response = await client.get("/v1/openapi.json")
    assert response.status_code == 200
    found: Json = response.json()
    return found


async def test_it_is_openapi_3_1_with_security(document: Json) -> None:
    assert document["openapi"].startswith("3.1.")
    assert document["security"] == [{"bearer": []}]
    assert "bearer" in document["components"]["securitySchemes"]
    flows = document["components"]["securitySchemes"]["oauth2"]["flows"]
    assert {url for flow in flows.values() for name, url in flow.items() if name.endswith("Url")} <= set(
        document["paths"]
    )
    assert flows.keys() == {"authorizationCode", "clientCredentials"}


async def test_every_reference_resolves_and_every_schema_is_used(document: Json) -> None:
    schemas = document["components"]["schemas"]
    assert set(references(document)) == schemas.keys()


async def test_operation_ids_are_unique(document: Json) -> None:
    ids = Counter(operation["operationId"] for operation in operations(document["paths"]))
    assert [name for name, count in ids.items() if count > 1] == []


async def test_every_post_that_keeps_its_answer_describes_the_key_alike(document: Json) -> None:
    described: dict[tuple[str, str], Json] = {
        (method, path): parameter
        for path, item in document["paths"].items()
        for method, operation in item.items()
        for parameter in operation.get("parameters", ())
        if parameter["name"] == "Idempotency-Key"
    }
    posts = {("post", path) for path, item in document["paths"].items() if "post" in item}
    assert {path for _, path in posts - described.keys()} == {
        *("/oauth/authorize", "/oauth/token", "/oauth/revoke", "/oauth/introspect", "/v1/sessions")
    }, "of nobody who is known yet"
    assert described.keys() <= posts
    assert all(parameter == described["post", "/v1/tenants"] for parameter in described.values())
    assert described["post", "/v1/tenants"]["schema"]["maxLength"] == 255


async def test_operations_have_one_known_tag_and_an_answer(document: Json) -> None:
    tags = {tag["name"] for tag in document["tags"]}
    for operation in operations(document["paths"]):
        assert len(operation["tags"]) == 1, operation["operationId"]
        assert set(operation["tags"]) <= tags
        assert any(status.startswith("2") for status in operation["responses"]), operation["operationId"]


async def test_every_operation_and_every_tag_says_what_it_is_about(document: Json) -> None:
    assert [tag["name"] for tag in document["tags"] if not tag.get("description")] == []
    for operation in operations(document["paths"]):
        assert operation["description"], operation["operationId"]
        assert operation["summary"], operation["operationId"]


async def test_scopes_are_named_where_systems_need_them(document: Json) -> None:
    scopes = document["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]["scopes"]
    named = {
        scope
        for operation in operations(document["paths"])
        for way in operation.get("security", ())
        for scope in way.get("oauth2", ())
    }
    assert named == scopes.keys()


async def test_the_parameters_of_a_path_are_described(document: Json) -> None:
    for path, item in document["paths"].items():
        for operation in item.values():
            described = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
            assert described == set(re.findall(r"\{(\w+)\}", path)), path


async def test_nobody_is_asked_to_write_null_into_a_url_or_a_header(document: Json) -> None:
    for path, item in document["paths"].items():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                assert {"type": "null"} not in parameter["schema"].get("anyOf", ()), (path, parameter["name"])


async def test_lists_are_bounded_by_their_items(document: Json) -> None:
    lists = [
        parameter["schema"]
        for operation in operations(document["paths"])
        for parameter in operation.get("parameters", ())
        if parameter["schema"].get("type") == "array"
    ]
    assert any(schema.get("maxItems") for schema in lists)
    assert all("maxLength" not in schema for schema in lists)


async def test_a_path_allows_what_is_described_whichever_service_answers(
    apps: dict[str, FastAPI], document: Json, tenant_id: UUID
) -> None:
    async with client_of_running(apps["gateway"]) as client:
        for path, item in document["paths"].items():
            concrete = re.sub(r"\{\w+\}", str(tenant_id), path)
            response = await client.request("TRACE", concrete, headers=bearer(make_admin(tenant_id)))
            assert response.status_code == 405, path
            allowed = set(response.headers["allow"].split(", "))
            assert allowed == {method.upper() for method in item}, path


async def test_refusals_are_problem_documents(document: Json) -> None:
    for operation in operations(document["paths"]):
        for response in operation["responses"].values():
            for kind, media in response.get("content", {}).items():
                problem = media.get("schema", {}).get("$ref", "").endswith("/Problem")
                assert problem is (kind == "application/problem+json")


@pytest.mark.parametrize("service", sorted(set(SERVICES) - {"gateway"}))
async def test_every_path_of_a_service_leads_to_it(apps: dict[str, FastAPI], service: str) -> None:
    elsewhere = {path for path in apps[service].openapi()["paths"] if owner_of(path) != service}
    assert elsewhere == set()


async def test_operations_are_listed_where_all_of_them_are(apps: dict[str, FastAPI]) -> None:
    """Once a second service has any, the gateway must merge their lists."""
    path = "/v1/operations"
    assert [service for service, app in apps.items() if path in app.openapi()["paths"]] == [owner_of(path)]


async def test_no_service_owns_a_path_of_the_gateways_own(apps: dict[str, FastAPI]) -> None:
    owned = {route.path for route in iter_route_contexts(apps["gateway"].routes) if owner_of(route.path or "")}
    assert owned == set()


async def test_examples_are_what_their_schemas_say(document: Json) -> None:
    shown = [(name, media) for name, media in _media(document) if "example" in media]
    assert {name for name, _ in shown} == EXAMPLES.keys()
    for name, media in shown:
        schema = {**media["schema"], "components": document["components"]}
        errors = [error.message for error in Draft202012Validator(schema).iter_errors(media["example"])]
        assert errors == [], name


def _media(document: Json) -> Iterator[tuple[str, Json]]:
    """Give every content in JSON with the operation that takes it or answers with it."""
    for operation in operations(document["paths"]):
        for part in (operation.get("requestBody", {}), *operation["responses"].values()):
            if media := part.get("content", {}).get("application/json"):
                yield operation["operationId"], media


async def test_every_first_segment_is_served(document: Json) -> None:
    served = {path.split("/")[2] for path in document["paths"] if path.startswith("/v1/")}
    assert OWNERS.keys() - served == set()


async def test_the_docs_page_shows_every_operation_and_needs_nothing_from_elsewhere(
    apps: dict[str, FastAPI], document: Json
) -> None:
    async with client_of_running(apps["gateway"]) as client:
        response = await client.get("/docs")
    page = response.text
    assert all(f'id="{operation["operationId"]}"' in page for operation in operations(document["paths"]))
    assert all(f'id="told_{event_type.replace(".", "_")}"' in page for event_type in document["webhooks"])
    assert page.count("<pre>") >= len(EXAMPLES)
    assert "<script" not in page
    assert not re.search(r'(src|href)="(https?:)?//', page)
    assert "default-src 'none'" in response.headers["content-security-policy"]
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
