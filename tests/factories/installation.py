"""A migrated database and how tests reach it as each service's runtime role."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from fastapi import FastAPI
from sqlalchemy import text

from deploy.migrate import SERVICES
from shared.contracts.tenancy import TenantChanged
from shared.core.access import Principal
from shared.kit.db import Database
from shared.kit.tenancy import keep_tenant
from tests.factories.access import token_of

PLENTY = {kind: {"amount": 1_000_000, "seconds": 60} for kind in ("reads", "writes", "ingest", "logins")}
"""Quotas that no test meets unless it is about them."""
PLENTIFUL = {"STEELYARD_RATE_LIMITS": json.dumps(PLENTY)}
"""The same for processes of their own, as environment variables."""


@dataclass(frozen=True, slots=True)
class Installation:
    admin_url: str
    urls: Mapping[str, str]
    """Runtime URL of each service, and of the bus under `bus`."""
    jwks_file: Path
    signing_key_file: Path
    secrets_key_file: Path

    def settings(self, service: str) -> dict[str, object]:
        """Give the keyword arguments of a service's `Settings`; each takes those it knows."""
        return {
            "database_url": self.urls[service],
            "bus_url": self.urls["bus"],
            "jwks_file": self.jwks_file,
            "signing_key_file": self.signing_key_file,
            "secrets_key_file": self.secrets_key_file,
            "audit_dir": self.signing_key_file.parent / "audit",
            "database_pool": 6,
            "rate_limits": PLENTY,
        }


async def announce_tenant(installation: Installation, tenant: TenantChanged) -> None:
    """Let every service know a tenant, as the gateway's event would."""
    database = Database(installation.admin_url, schema="public", pool_size=1)
    try:
        async with database.transaction() as tx:
            for service in SERVICES:
                await tx.execute(text(f"SET LOCAL search_path = {service}"))
                await keep_tenant(tx, tenant)
            await tx.commit()
    finally:
        await database.close()


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Speak HTTP to an application in memory, for as long as it lives; its own errors come back as answers."""
    async with app.router.lifespan_context(app), client_of_running(app) as client:
        yield client


def client_of_running(app: FastAPI) -> httpx.AsyncClient:
    """Speak to one that somebody else has begun and will end."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")


def bearer(principal: Principal) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_of(principal)}"}
