"""A cycle through its phases."""
