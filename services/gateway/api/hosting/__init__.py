"""What operators of the installation ask for."""
