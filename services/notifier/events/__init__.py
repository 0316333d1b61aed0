"""Bus in: one file per event."""
