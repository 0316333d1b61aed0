"""The notifier: tells people and systems what changed, signed, retried and in their own words."""
