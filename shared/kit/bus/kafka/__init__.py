"""The bus on Apache Kafka, over aiokafka: `bus` puts together what `producing`, `consuming` and `observing` do."""
