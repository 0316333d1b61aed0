"""The employee archive: the complete, effective-dated portrait of every person and of the organisation."""
