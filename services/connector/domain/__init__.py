"""Pure rules of the connector."""
