"""Pure rules of the notifier."""
