"""`/v1/tenant/export/{service}`: all that a service holds of the caller's company, as a ZIP that is written on the way.

Nothing is put down on the server, where a file with a whole company in it would lie about.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from shared.kit.auth.policy import Policy, Rows, Rule
from shared.kit.holdings.exporting import exported
from shared.kit.holdings.tables import Holdings
from shared.kit.holdings.zipping import zipped
from shared.kit.http.app import new_router
from shared.kit.http.caller import caller_of

ACTION = "tenant:export"
TO_EXPORT = Rule(admin=Rows.ALL, watched=True)
"""Administrators see everything that is in it in any case; that they took it away stands in the audit log."""
_ZIP = "application/zip"


def export_router(holdings: Holdings, policy: Policy, *, without: Mapping[str, str] | None = None) -> APIRouter:
    """Make the route of one service; `without` names tables that this way does not show, and why."""
    service, turn = holdings.database.schema, asyncio.Semaphore(1)
    router = new_router(tag="tenant")

    async def stream(request: Request) -> AsyncIterator[bytes]:
        tenant_id, now = caller_of(request).tenant_id, request.app.state.works.clock.now()
        async with turn, aclosing(exported(holdings, tenant_id, at=now, without=without)) as pieces:  # type: ignore[type-var]  # it is a generator
            async for some in zipped(pieces):
                yield some

    @router.get(
        f"/tenant/export/{service}",
        name=f"export_{service}",
        dependencies=[policy.allow(ACTION)],
        response_class=StreamingResponse,
        responses={200: {"content": {_ZIP: {"schema": {"type": "string", "format": "binary"}}}}},
    )
    async def export(request: Request) -> StreamingResponse:
        """Give a file of JSON lines for each table, as all were at one moment, and `manifest.json` with digests.

        What proves who somebody is (hashes, keys, secrets) is never in it. Without the manifest it is not whole.
        """
        named = {"Content-Disposition": f'attachment; filename="{service}.zip"'}
        return StreamingResponse(stream(request), media_type=_ZIP, headers=named)

    return router
