"""What the connector's routes read: rows within the caller's reach."""

from services.connector.store.queries.business_targets import BusinessTargetQueries
from services.connector.store.queries.connections import ConnectionQueries
from services.connector.store.queries.observations import ObservationQueries


class Queries(ConnectionQueries, ObservationQueries, BusinessTargetQueries):
    """Everything the connector shows, bound to one tenant for the length of one request."""
