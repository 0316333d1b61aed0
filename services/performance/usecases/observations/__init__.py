"""What arrives: observations, rates, how complete and how fresh sources are."""
