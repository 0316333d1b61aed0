"""Pure rules of the gateway."""
