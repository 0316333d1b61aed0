"""What the use cases of the scores need: observations that count, scorecards, runs, reports."""
