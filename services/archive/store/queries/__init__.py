"""What the archive's routes read: rows within the caller's reach."""

from services.archive.store.queries.directory import DirectoryQueries
from services.archive.store.queries.organisation import OrganisationQueries
from services.archive.store.queries.portrait import PortraitQueries
from services.archive.store.queries.records import RecordQueries


class Queries(OrganisationQueries, RecordQueries, PortraitQueries, DirectoryQueries):
    """Everything the routes of all nouns read; each noun has its own file."""
