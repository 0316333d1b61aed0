"""Revisions: what late data would change in published results, and who decides."""
