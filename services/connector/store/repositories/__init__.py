"""Repositories of the connector: they load and lock what use cases decide about."""
