"""From observations to exact totals, and back again as an explanation."""
