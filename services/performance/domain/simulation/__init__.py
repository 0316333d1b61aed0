"""What if: changes that are supposed, and what they would do."""
