"""What is counted and by which rules: metrics, scheme versions, and whom each scores."""
