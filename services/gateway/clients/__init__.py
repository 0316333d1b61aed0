"""HTTP out: the services behind the gateway."""
