"""An operator's chores on a running installation: dead letters, groups, and telling things once more."""
