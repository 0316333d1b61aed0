"""The one screen of a caller, asked of all services."""

from uuid import UUID

from starlette.types import Scope

from services.gateway.clients.composing import Gathered, gather_parts
from services.gateway.clients.upstream import Upstreams, handed_over
from services.gateway.domain.paths import DASHBOARD


class Dashboard:
    def __init__(self, upstreams: Upstreams) -> None:
        self._upstreams = upstreams

    async def gathered(self, scope: Scope, *, me: UUID | None) -> Gathered:
        """Ask on behalf of the request in `scope`, whose caller is an employee, or nobody in the archive."""
        path = {} if me is None else {"me": str(me)}
        return await gather_parts(self._upstreams, handed_over(scope), DASHBOARD, path=path)
