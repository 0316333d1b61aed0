"""The performance's tables; `migrations/` creates the same ones, which a test compares."""

from services.performance.store.tables import procedure, scoring
from services.performance.store.tables.base import kit, metadata, org

__all__ = ["kit", "metadata", "org", "procedure", "scoring"]
