"""Stored answers: the same `Idempotency-Key` gives the same answer, kept in the business transaction itself."""

import hashlib
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, Self, TypeVar
from uuid import UUID

import orjson
from fastapi import Request, Response
from pydantic import BaseModel
from sqlalchemy import text

from shared.contracts.tenancy import TenantChanged
from shared.contracts.work import Work
from shared.core.errors import InProgress, Invalid
from shared.kit.db import Database, Transaction
from shared.kit.unit_of_work import UnitOfWork, Works

F = TypeVar("F", bound=Callable[..., Any])
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(30, :key)")
_FIND = text("SELECT fingerprint, status, headers, body FROM answers WHERE caller = :caller AND key = :key")
_STORE = text(
    "INSERT INTO answers (tenant_id, caller, key, fingerprint, status, headers, body)"
    " VALUES (:tenant_id, :caller, :key, :fingerprint, :status, :headers, :body)",
)
_FORGET = text("DELETE FROM answers WHERE stored_at < clock_timestamp() - make_interval(days => :days)")
_KEPT_HEADERS = frozenset({"content-type", "location", "etag"})
_MAX_KEY_LENGTH = 255
KEY = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
"""The header of an answer that was given before."""
KEEP_DAYS = 7
KEY_DESCRIBED: Mapping[str, Any] = {
    "name": KEY,
    "in": "header",
    "required": False,
    "description": (
        f"Chosen by the caller, such as a UUID: for {KEEP_DAYS} days the same request with the same key has its effect"
        f" once and gets the same answer, with `{REPLAYED}: true`. Refusals are not kept."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": _MAX_KEY_LENGTH},
}
"""The header as a parameter of OpenAPI."""
REPLAYED_DESCRIBED: Mapping[str, Any] = {
    "description": "Stands on an answer that was given before.",
    "schema": {"type": "string", "enum": ["true"]},
}
_HONOURS_KEY = "honours_key"


def honouring_key(dependency: F) -> F:
    """Mark a dependency that joins the work of its route to the `Attempt`, for the description to read."""
    setattr(dependency, _HONOURS_KEY, True)
    return dependency


def honours_key(dependency: object) -> bool:
    return hasattr(dependency, _HONOURS_KEY)


@dataclass(frozen=True, slots=True)
class ShownOnce:
    """Marks a member of an answer that is never stored; a repeated answer shows something else in its place."""

    instead: object = None


Secret = Annotated[str | None, ShownOnce()]


def shown_once(view: object) -> Mapping[str, object]:
    """Name the members of an answer's model that are shown once, each with what stands in its place."""
    if not (isinstance(view, type) and issubclass(view, BaseModel)):
        return {}
    marks = [(name, mark) for name, field in view.model_fields.items() for mark in field.metadata]
    return {name: mark.instead for name, mark in marks if isinstance(mark, ShownOnce)}


class Replay(Exception):
    """Unwinds a repeated request to the answer its first sending got."""

    def __init__(self, response: Response) -> None:
        super().__init__("replayed")
        self.response = response


@dataclass(frozen=True, slots=True)
class _Keeper:
    """For whom an answer is kept: a caller inside of a tenant, or an operator in the place of one."""

    tenant_id: UUID
    caller: str


_Opened = AbstractAsyncContextManager[Any]
_Before = Callable[[Transaction], Awaitable[None]]


class Founding(Protocol):
    """Opens the unit of work in which a tenant is founded; `before` goes first in its transaction."""

    def __call__(self, tenant: TenantChanged, /, *, before: _Before) -> _Opened: ...


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
        self._keeper: _Keeper | None = None

    def join(self, works: Works[Any], tenant_id: UUID, caller: str) -> Work[Any]:
        """Give the `Work` whose unit stays open until the answer is known."""

        @asynccontextmanager
        async def work() -> AsyncIterator[UnitOfWork]:
            if self._unit is None:
                unit: UnitOfWork = await self._stack.enter_async_context(works.begin(tenant_id))
                await self._replay_or_claim(unit.tx, _Keeper(tenant_id, caller))
                unit.lend()
                self._unit = unit
            yield self._unit

        return work

    def join_founding(self, founding: Founding, operator: UUID) -> Callable[[TenantChanged], _Opened]:
        """Give the same for a tenant that is yet to be; the answer is kept for its operator, who belongs to none."""

        @asynccontextmanager
        async def founded(tenant: TenantChanged) -> AsyncIterator[UnitOfWork]:
            async def claim(tx: Transaction) -> None:
                await tx.enter_tenant(operator)
                await self._replay_or_claim(tx, _Keeper(operator, str(operator)))

            unit: UnitOfWork = await self._stack.enter_async_context(founding(tenant, before=claim))
            unit.lend()
            self._unit = unit
            yield unit

        return founded

    async def settle(self, response: Response, *, withhold: Mapping[str, object]) -> None:
        """Store a success, without the members to withhold, beside its effect and commit both."""
        unit, keeper = self._unit, self._keeper
        if unit is None or keeper is None:
            return
        kept = {name: value for name, value in response.headers.items() if name in _KEPT_HEADERS}
        row = {
            "tenant_id": keeper.tenant_id,
            "caller": keeper.caller,
            "key": self._key,
            "fingerprint": self._fingerprint,
            "status": response.status_code,
            "headers": orjson.dumps(kept),
            "body": _without(bytes(response.body), withhold),
        }
        await _store(unit, row)
        unit.take_back()
        await unit.commit()

    async def _replay_or_claim(self, tx: Transaction, keeper: _Keeper) -> None:
        self._keeper = keeper
        name = f"{keeper.tenant_id}/{keeper.caller}/{self._key}"
        lock = zlib.crc32(name.encode()) >> 1
        if not (await tx.execute(_TRY_LOCK, {"key": lock})).scalar_one():
            raise InProgress("idempotency_in_flight", "The first request with this key is still being worked on.")
        found = (await tx.execute(_FIND, {"caller": keeper.caller, "key": self._key})).one_or_none()
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


async def _store(unit: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Write an answer; where it is not kept in the unit's own tenant, be in the other one for so long."""
    elsewhere = row["tenant_id"] != unit.tenant_id
    if elsewhere:
        await unit.tx.enter_tenant(row["tenant_id"])
    await unit.tx.execute(_STORE, row)
    if elsewhere:
        await unit.tx.enter_tenant(unit.tenant_id)


def _without(body: bytes, withhold: Mapping[str, object]) -> bytes:
    return orjson.dumps({**orjson.loads(body), **withhold}) if withhold else body


async def forget_answers(database: Database, keepers: Iterable[UUID]) -> None:
    """Delete answers older than they are kept, tenant by tenant, or for operators in the place of these."""
    for keeper in keepers:
        async with database.transaction(keeper) as tx:
            await tx.execute(_FORGET, {"days": KEEP_DAYS})
            await tx.commit()
