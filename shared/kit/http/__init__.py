"""HTTP in: the app factory, callers, problem documents, pages, stored answers."""
