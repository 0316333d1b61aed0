"""What the notifier's routes read: rows within the caller's reach."""

from shared.kit import queries


class Queries(queries.Queries):
    pass
