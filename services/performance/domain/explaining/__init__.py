"""Why a score is what it is, as data, sentences and pictures."""
