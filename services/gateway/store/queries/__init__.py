"""What the gateway's routes read."""

from services.gateway.store.queries.audit import AuditQueries
from services.gateway.store.queries.identity import IdentityQueries
from services.gateway.store.queries.tenancy import TenancyQueries


class Queries(IdentityQueries, TenancyQueries, AuditQueries):
    """Everything the routes of all nouns read; each subject has its own file."""
