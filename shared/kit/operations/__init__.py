"""Long work: a table of operations and a queue in each service that has some, and the loop that works on them."""
