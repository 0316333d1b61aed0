"""What the performance engine's routes read: rows within the caller's reach."""

from services.performance.store.queries.applicability import ApplicabilityQueries
from services.performance.store.queries.calibration import CalibrationQueries
from services.performance.store.queries.catalogue import CatalogueQueries
from services.performance.store.queries.exchange_rates import ExchangeRateQueries
from services.performance.store.queries.progress import ProgressQueries
from services.performance.store.queries.revisions import RevisionQueries
from services.performance.store.queries.standings import StandingQueries
from services.performance.store.queries.tasks import TaskQueries
from services.performance.store.tables import long_work
from shared.kit.operations.queries import OperationQueries


class Queries(
    ApplicabilityQueries,
    CalibrationQueries,
    CatalogueQueries,
    ExchangeRateQueries,
    ProgressQueries,
    RevisionQueries,
    StandingQueries,
    TaskQueries,
    OperationQueries,
):
    """Everything the routes of all nouns read; each noun has its own file."""

    operations_table = long_work.operations
