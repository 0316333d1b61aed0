"""The bus as a log in PostgreSQL: `log` is how it lies there, `consuming` a member of a group, `bus` all the rest."""
