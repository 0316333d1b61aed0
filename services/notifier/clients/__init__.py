"""What the notifier sends over HTTP."""
