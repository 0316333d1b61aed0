"""Companies, and the copy of who works in them."""
