"""How Steelyard is run: the command line, the standalone stack, and what containers and clusters need."""
