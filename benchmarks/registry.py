"""Which benchmarks there are, in the order in which they run."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from benchmarks import consumer, holding, ingest, latency, passing, pipeline, relay, rescoring
from benchmarks.ground import Ground
from benchmarks.harness import Figure

Benchmark = Callable[[Ground], Coroutine[Any, Any, list[Figure]]]

BENCHMARKS: Mapping[str, Benchmark] = {
    "ingest": ingest.run,
    "pipeline": pipeline.standalone,
    "pipeline-kafka": pipeline.kafka,
    "latency": latency.standalone,
    "latency-kafka": latency.kafka,
    "relay": relay.run,
    "consumer": consumer.run,
    "rescoring": rescoring.run,
    "rescoring-million": rescoring.million,
    "gateway": passing.run,
    "gateway-connections": holding.run,
}
