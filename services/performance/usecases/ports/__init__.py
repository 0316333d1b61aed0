"""What the performance engine's use cases need from outside."""

from typing import Protocol

from services.performance.usecases.ports import calibration, follow_up, observations, procedure, scoring
from shared.contracts import work


class UnitOfWork(
    procedure.Repositories,
    observations.Repositories,
    scoring.Repositories,
    calibration.Repositories,
    follow_up.Repositories,
    work.UnitOfWork,
    Protocol,
):
    """All repositories of the performance engine over one transaction."""


Work = work.Work[UnitOfWork]


class Queries(
    procedure.Queries, observations.Queries, scoring.Queries, calibration.Queries, follow_up.Queries, Protocol
):
    """What routes read without a use case."""
