"""From actuals to exact totals."""
