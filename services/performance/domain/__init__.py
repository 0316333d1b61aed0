"""Pure rules of the performance."""
