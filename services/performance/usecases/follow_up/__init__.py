"""What people make of a result."""
