"""A slow, obvious scorer in fractions, written from the definitions alone, and random cases for it and the engine."""
