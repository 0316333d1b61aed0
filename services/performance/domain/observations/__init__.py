"""What arrives: observations, rates and what sources say of themselves."""
