"""What crosses a process: the event envelope, the topics, and one file per family of events."""
