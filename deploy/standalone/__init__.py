"""The stack on one machine without containers: an embedded PostgreSQL and two processes, `web` and `work`."""
