"""Apache Kafka itself, for development and tests: fetched, formatted, started and stopped on one machine."""
