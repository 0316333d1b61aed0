"""Letting people and systems in, and taking that back."""
