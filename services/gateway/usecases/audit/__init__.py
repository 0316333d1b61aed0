"""Keeping, sealing and forgetting the log."""
