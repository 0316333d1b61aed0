"""What the performance engine's use cases need from outside."""

from typing import Protocol

from services.performance.usecases.ports import arrivals, calibration, procedure, scoring
from shared.contracts import work


class UnitOfWork(
    procedure.Repositories,
    arrivals.Repositories,
    calibration.Repositories,
    scoring.Repositories,
    work.UnitOfWork,
    Protocol,
):
    """All repositories of the performance engine over one transaction."""


Work = work.Work[UnitOfWork]


class Queries(procedure.Queries, calibration.Queries, scoring.Queries, Protocol):
    """What routes read without a use case."""
