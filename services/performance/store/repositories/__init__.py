"""Repositories of the performance: they load and lock what use cases decide about."""
