"""Structured logs: one JSON line an event, with request and trace ids bound for the duration of a call."""

import json
import logging
import sys
from typing import Any, TextIO

import orjson
import structlog
from structlog.typing import Processor

_QUIET = {
    "uvicorn.access": logging.WARNING,
    "aiokafka": logging.WARNING,
    "aiokafka.cluster": logging.CRITICAL,
    "httpx": logging.WARNING,
}
"""Libraries that say what is said better elsewhere, what others would read there, such as the queries of URLs, or
the same over and over, such as that a topic is not there yet."""


def configure_logging(*, level: str = "INFO", stream: TextIO = sys.stderr) -> None:
    """Send every log, those of libraries too, through structlog as JSON lines."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_written),
            ],
        ),
    )
    _leave_out_what_nobody_reads()
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(least)


def _written(entry: Any, **options: Any) -> str:  # noqa: ANN401 -- as structlog hands it on
    """Write one line, by the faster of two writers wherever it can."""
    try:
        return orjson.dumps(entry, default=options["default"]).decode()
    except TypeError:  # such as an integer of more than 64 bits
        return json.dumps(entry, ensure_ascii=False, **options)


def _leave_out_what_nobody_reads() -> None:
    """Spare each record what logging looks up for it unasked, as its manual has it under *Optimization*."""
    logging._srcfile = None  # noqa: SLF001 -- the manual's own name for it
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger
