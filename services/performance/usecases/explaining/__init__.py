"""How a score came to be, and where an observation counted."""
