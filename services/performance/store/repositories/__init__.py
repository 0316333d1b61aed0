"""Repositories of the performance engine: they load and lock what use cases decide about."""
