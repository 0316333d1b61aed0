"""What the use cases of the procedure need: metrics, schemes, cycles, targets, plans, the organisation."""
