"""What every part shares and the standard library alone can carry: errors, clock, ids, decimals, periods."""
