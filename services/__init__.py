"""Five services, each with the same rooms; none imports another."""
