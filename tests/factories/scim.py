"""A directory that provisions one tenant over SCIM, and the bodies it sends."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from shared.core.access import Principal
from tests.factories.access import make_client
from tests.factories.installation import bearer

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
SCOPES = ("employees:read", "employees:write")

Json = dict[str, Any]


def user_body(user_name: str = "lijun", *, enterprise: Json | None = None, **fields: Any) -> Json:
    schemas = [USER, *([ENTERPRISE] if enterprise else [])]
    more = {ENTERPRISE: enterprise} if enterprise else {}
    return {"schemas": schemas, "userName": user_name, **fields, **more}


def group_body(name: str = "Sales", *members: str, **fields: Any) -> Json:
    return {"schemas": [GROUP], "displayName": name, "members": [{"value": each} for each in members], **fields}


def patch_body(*operations: Json) -> Json:
    return {"schemas": [PATCH], "Operations": list(operations)}


@dataclass(frozen=True, slots=True)
class Directory:
    client: httpx.AsyncClient
    tenant_id: UUID

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        caller: Principal | None = None,
        headers: dict[str, str] | None = None,
        params: dict[str, str] | None = None,
    ) -> httpx.Response:
        known = bearer(caller or make_client(self.tenant_id, *SCOPES))
        asked = httpx.URL(f"/scim/v2{path}", params=params) if params else f"/scim/v2{path}"
        return await self.client.request(method, asked, json=body, headers={**known, **(headers or {})})

    async def ask(self, method: str, path: str, body: Any = None, *, expect: int = 200, **options: Any) -> Any:
        response = await self.send(method, path, body, **options)
        assert response.status_code == expect, response.text
        return response.json() if response.content else None

    async def user(self, user_name: str = "lijun", **fields: Any) -> Json:
        created: Json = await self.ask("POST", "/Users", user_body(user_name, **fields), expect=201)
        return created

    async def group(self, name: str = "Sales", *members: str, **fields: Any) -> Json:
        created: Json = await self.ask("POST", "/Groups", group_body(name, *members, **fields), expect=201)
        return created

    async def read(self, resource: Json) -> Json:
        found: Json = await self.ask("GET", f"/{resource['meta']['resourceType']}s/{resource['id']}")
        return found

    async def patch(self, resource: Json, *operations: Json, expect: int = 204, **options: Any) -> Any:
        path = f"/{resource['meta']['resourceType']}s/{resource['id']}"
        return await self.ask("PATCH", path, patch_body(*operations), expect=expect, **options)

    async def names(self, query: str) -> list[str]:
        """Give the user names that a search finds, in its order."""
        page = await self.ask("GET", f"/Users?{query}")
        return [each["userName"] for each in page.get("Resources", ())]
