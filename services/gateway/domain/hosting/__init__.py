"""Who runs the installation, and what they may do to the companies in it."""
