"""What the notifier's routes ask for."""

from typing import Annotated

from fastapi import Depends, Request

from services.notifier.domain.targets import Targets
from services.notifier.usecases.ports import Queries, Work
from shared.kit.http.route import queries_of, work_of


async def _targets(request: Request) -> Targets:
    targets: Targets = request.app.state.targets
    return targets


WorkDep = Annotated[Work, Depends(work_of)]
QueriesDep = Annotated[Queries, Depends(queries_of)]
TargetsDep = Annotated[Targets, Depends(_targets)]
