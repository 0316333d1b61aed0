"""What the performance's routes read: rows within the caller's reach."""

from services.performance.store.queries.catalogue import CatalogueQueries


class Queries(CatalogueQueries):
    """Everything the routes of all nouns read; each noun has its own file."""
