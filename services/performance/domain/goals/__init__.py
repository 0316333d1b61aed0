"""What shall be reached: targets as a whole, and the plans that departments make of them."""
