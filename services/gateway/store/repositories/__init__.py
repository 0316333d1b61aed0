"""Repositories of the gateway: they load and lock what use cases decide about."""
