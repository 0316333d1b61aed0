"""Simulations: what a change would do, and making it exactly so."""
