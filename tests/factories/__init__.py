"""Plain `make_…` functions that build valid things with overrides."""
