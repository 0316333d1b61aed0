"""Pure rules of performance: metrics, scheme rules, exact scores, targets, the procedure, reports."""
