"""The sealed log of who did what."""
