"""Tables of the procedure: metrics, schemes, cycles, targets, plans."""
