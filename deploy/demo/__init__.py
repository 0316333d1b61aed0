"""`steelyard demo`: half a year of a company of 320 people, told through the public API, every number checked."""
