"""What the performance's routes read: rows within the caller's reach."""

from shared.kit import queries


class Queries(queries.Queries):
    """Everything the routes of all nouns read; each noun has its own file."""
