"""All that a service holds of one tenant: given away whole, and erased whole."""
