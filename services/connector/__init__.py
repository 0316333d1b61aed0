"""Connectors: business numbers arrive, are identified, deduplicated and passed on."""
