"""Observations in, results out, and why."""
