"""Stored answers: the same `Idempotency-Key` gives the same answer, kept in the business transaction itself."""

import hashlib
import zlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Annotated, Any, Self
from uuid import UUID

import orjson
from fastapi import Request, Response
from pydantic import BaseModel
from sqlalchemy import text

from shared.contracts.work import Work
from shared.core.errors import InProgress, Invalid
from shared.kit.tenancy import tenant_ids
from shared.kit.unit_of_work import UnitOfWork, Works

_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(30, :key)")
_FIND = text("SELECT fingerprint, status, headers, body FROM answers WHERE caller = :caller AND key = :key")
_STORE = text(
    "INSERT INTO answers (tenant_id, caller, key, fingerprint, status, headers, body)"
    " VALUES (:tenant_id, :caller, :key, :fingerprint, :status, :headers, :body)",
)
_FORGET = text("DELETE FROM answers WHERE stored_at < clock_timestamp() - make_interval(days => :days)")
_KEPT_HEADERS = frozenset({"content-type", "location", "etag"})
_MAX_KEY_LENGTH = 255
REPLAYED = "Idempotency-Replayed"
"""The header of an answer that was given before."""
KEEP_DAYS = 7


class ShownOnce:
    """Marks a member of an answer that is never stored; a repeated answer shows null in its place."""


Secret = Annotated[str | None, ShownOnce()]


def shown_once(view: object) -> frozenset[str]:
    """Name the members of an answer's model that are shown once."""
    if not (isinstance(view, type) and issubclass(view, BaseModel)):
        return frozenset()
    fields = view.model_fields.items()
    return frozenset(name for name, field in fields if any(isinstance(mark, ShownOnce) for mark in field.metadata))


class Replay(Exception):
    """Unwinds a repeated request to the answer its first sending got."""

    def __init__(self, response: Response) -> None:
        super().__init__("replayed")
        self.response = response


class Attempt:
    """One request that carries an `Idempotency-Key`: its single unit of work commits together with its answer."""

    def __init__(self, request: Request, body: bytes, key: str) -> None:
        if not 0 < len(key) <= _MAX_KEY_LENGTH:
            raise Invalid.at("#/header/Idempotency-Key", "key_invalid", "A key has 1 to 255 characters.")
        call = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
        self._key = key
        self._fingerprint = hashlib.sha256(call + body).digest()
        self._stack = AsyncExitStack()
        self._unit: UnitOfWork | None = None
        self._caller = ""

    def join(self, works: Works[Any], tenant_id: UUID, caller: str) -> Work[Any]:
        """Give the `Work` whose unit stays open until the answer is known."""

        @asynccontextmanager
        async def work() -> AsyncIterator[UnitOfWork]:
            if self._unit is None:
                self._caller = caller
                unit: UnitOfWork = await self._stack.enter_async_context(works.begin(tenant_id))
                await self._replay_or_claim(unit)
                unit.lend()
                self._unit = unit
            yield self._unit

        return work

    async def settle(self, response: Response, *, withhold: frozenset[str]) -> None:
        """Store a success, without the members to withhold, beside its effect and commit both."""
        unit = self._unit
        if unit is None:
            return
        kept = {name: value for name, value in response.headers.items() if name in _KEPT_HEADERS}
        await unit.tx.execute(
            _STORE,
            {
                "tenant_id": unit.tenant_id,
                "caller": self._caller,
                "key": self._key,
                "fingerprint": self._fingerprint,
                "status": response.status_code,
                "headers": orjson.dumps(kept),
                "body": _without(bytes(response.body), withhold),
            },
        )
        unit.take_back()
        await unit.commit()

    async def _replay_or_claim(self, unit: UnitOfWork) -> None:
        name = f"{unit.tenant_id}/{self._caller}/{self._key}"
        lock = zlib.crc32(name.encode()) >> 1
        if not (await unit.tx.execute(_TRY_LOCK, {"key": lock})).scalar_one():
            raise InProgress("idempotency_in_flight", "The first request with this key is still being worked on.")
        found = (await unit.tx.execute(_FIND, {"caller": self._caller, "key": self._key})).one_or_none()
        if found is None:
            return
        if found.fingerprint != self._fingerprint:
            raise Invalid("idempotency_key_reused", "This key was used for another request.")
        headers = {**orjson.loads(found.headers), REPLAYED: "true"}
        raise Replay(Response(found.body, found.status, headers=headers))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()


def _without(body: bytes, withhold: frozenset[str]) -> bytes:
    return orjson.dumps({**orjson.loads(body), **dict.fromkeys(withhold)}) if withhold else body


async def forget_answers(works: Works[Any]) -> None:
    """Delete answers older than they are kept; runs as the tables' keeper, tenant by tenant."""
    for tenant_id in await tenant_ids(works.database):
        async with works.database.transaction(tenant_id) as tx:
            await tx.execute(_FORGET, {"days": KEEP_DAYS})
            await tx.commit()
