"""One tenant of the matrix: its ids by kind and name, and a hand that fills it through the services' own routes."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from services.gateway.domain.identity.scopes import SCOPES
from shared.core.access import Principal
from tests.factories.access import make_admin, make_client, make_person
from tests.factories.carrying import Carrier
from tests.factories.installation import bearer
from tests.integration.access.oracle import Subject

Json = dict[str, Any]


def goes_on(page: Mapping[str, Any]) -> bool:
    """Tell whether there is more behind a page; the feed, which has no end, says so in words."""
    more: bool = page.get("has_more", page.get("next_cursor") is not None)
    return more


def with_query(path: str, **parameters: object) -> str:
    separator = "&" if "?" in path else "?"
    return path + separator + "&".join(f"{name}={value}" for name, value in parameters.items())


@dataclass
class Realm:
    """Rows by kind, then by the name of the person, the department or `company` that they are about.

    Where there are several about the same, something else follows behind a slash.
    """

    tenant_id: UUID
    ids: defaultdict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def person(self, name: str) -> Principal:
        return make_person(self.tenant_id, UUID(self.ids["employee"][name]))


@dataclass(frozen=True, slots=True)
class Hand:
    """Fills a realm as its administrator unless told otherwise; every request must succeed."""

    realm: Realm
    clients: Mapping[str, httpx.AsyncClient]
    carrier: Carrier

    async def send(
        self, service: str, method: str, path: str, body: Any = None, *, by: Principal | None = None, **headers: str
    ) -> Any:
        sent = {**bearer(by or make_admin(self.realm.tenant_id)), **headers}
        response = await self.clients[service].request(method, f"/v1/{path}", json=body, headers=sent)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None

    async def add(
        self,
        kind: str,
        name: str,
        service: str,
        path: str,
        *,
        body: Any = None,
        by: Principal | None = None,
        **headers: str,
    ) -> str:
        """Post something that is about `name`, and keep its id."""
        made = str((await self.send(service, "POST", path, body, by=by, **headers))["id"])
        self.realm.ids[kind][name] = made
        return made

    async def listed(self, service: str, path: str, *, by: Principal | None = None) -> list[Json]:
        """Read a list, or the feed, to its end."""
        first = with_query(path, limit=200)
        page = await self.send(service, "GET", first, by=by)
        rows: list[Json] = page["data"]
        while goes_on(page):
            page = await self.send(service, "GET", with_query(first, cursor=page["next_cursor"]), by=by)
            rows += page["data"]
        return rows

    def system(self) -> Principal:
        """Give a system that may do everything a system can."""
        return make_client(self.realm.tenant_id, *SCOPES, subject="builder")


@dataclass(frozen=True, slots=True)
class World:
    """Two tenants that look the same, and applications in which no request leaves a trace."""

    ours: Realm
    theirs: Realm
    apps: Mapping[str, FastAPI]
    clients: Mapping[str, httpx.AsyncClient]

    def _repr_pretty_(self, printer: Any, _: bool) -> None:  # noqa: FBT001 -- the hook of Hypothesis's printer
        """Keep thousands of ids out of what a failure says."""
        printer.text("World")

    def id_of(self, kind: str, subject: Subject) -> str:
        """Give the row of a kind that is about the subject; the neighbours' of the same name, or an id nobody has."""
        if subject.place == "absent":
            return str(uuid4())
        rows = (self.ours if subject.place == "ours" else self.theirs).ids[kind]
        return rows.get(subject.name) or rows["company"]
