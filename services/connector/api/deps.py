"""What the connector's routes ask for."""

from typing import Annotated

from fastapi import Depends

from services.connector.usecases.ports import Queries, Work
from shared.kit.http.route import queries_of, work_of

WorkDep = Annotated[Work, Depends(work_of)]
QueriesDep = Annotated[Queries, Depends(queries_of)]
