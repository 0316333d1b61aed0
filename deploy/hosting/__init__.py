"""What becomes of whole companies, by command."""
