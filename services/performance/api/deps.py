"""What the performance's routes ask for."""

from typing import Annotated

from fastapi import Depends, Request

from services.performance.usecases.ports import Queries, Work
from shared.kit.http.caller import caller_of
from shared.kit.http.route import work_of


async def _queries(request: Request) -> Queries:
    queries: Queries = request.app.state.queries(caller_of(request).tenant_id)
    return queries


WorkDep = Annotated[Work, Depends(work_of)]
QueriesDep = Annotated[Queries, Depends(_queries)]
