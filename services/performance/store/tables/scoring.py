"""Tables of the scores: observations that count, scorecards, runs, reports, what people answer."""
