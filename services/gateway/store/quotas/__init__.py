"""Counting requests together with other processes."""
