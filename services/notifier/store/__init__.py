"""PostgreSQL: tables, repositories, queries, the unit of work."""
