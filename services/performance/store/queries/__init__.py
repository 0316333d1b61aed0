"""What the performance engine's routes read: rows within the caller's reach."""

from services.performance.store.queries.catalogue import CatalogueQueries
from services.performance.store.queries.follow_up import FollowUpQueries
from services.performance.store.queries.progress import ProgressQueries
from services.performance.store.queries.scores import ScoreQueries


class Queries(CatalogueQueries, ProgressQueries, ScoreQueries, FollowUpQueries):
    """Everything the routes of all nouns read; each noun has its own file."""
