"""The notifier's tables; `migrations/` creates the same ones, which a test compares."""

from services.notifier.store.tables import feed, inbox, webhooks
from services.notifier.store.tables.base import metadata

EXEMPT = frozenset({"deliveries"})
"""Tables without row-level security beside the kit's: one dispatcher serves the queue of all tenants."""

__all__ = ["EXEMPT", "feed", "inbox", "metadata", "webhooks"]

SECRETS = {"secrets": frozenset({"value"}), "deliveries": frozenset({"lease_token"})}
"""Columns that no export has: what signs webhooks, and who is sending one at present."""
TEXTS = {"messages": frozenset({"body"})}
"""Columns of bytes that are text."""
