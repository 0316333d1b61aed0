"""What follows a result: reports, what they recommend, and how people answer."""
