"""Asks a broker in Kafka's own protocol who it is and whom it would send clients to."""

import io
import socket
import struct
from dataclasses import dataclass
from typing import BinaryIO

from deploy.kafka.properties import HOST

_SECONDS = 2.0
_LARGEST_ANSWER = 64 * 1024
_METADATA, _VERSION, _CORRELATION = 3, 2, 1
_NO_NAME, _NO_TOPICS = -1, 0


@dataclass(frozen=True, slots=True)
class Cluster:
    id: str
    ports: tuple[int, ...]
    """The advertised port of every broker that is ready for clients."""


def ask_cluster(port: int) -> Cluster | None:
    """Send a Metadata request (version 2, no topics); None where nobody answers it."""
    body = struct.pack(">hhihi", _METADATA, _VERSION, _CORRELATION, _NO_NAME, _NO_TOPICS)
    try:
        with socket.create_connection((HOST, port), timeout=_SECONDS) as connection, connection.makefile("rb") as file:
            connection.sendall(struct.pack(">i", len(body)) + body)
            length = _number(file, ">i")
            return _read_cluster(io.BytesIO(file.read(min(max(length, 0), _LARGEST_ANSWER))))
    except (OSError, ValueError, struct.error):  # nobody there, or somebody who speaks another language
        return None


def _read_cluster(answer: BinaryIO) -> Cluster:
    if _number(answer, ">i") != _CORRELATION:
        raise ValueError("This is no answer to the request.")
    ports = tuple(_read_broker_port(answer) for _ in range(_number(answer, ">i")))
    return Cluster(id=_text(answer), ports=ports)


def _read_broker_port(answer: BinaryIO) -> int:
    """Read one broker: node id, host, port, rack."""
    _number(answer, ">i")
    _text(answer)
    port = _number(answer, ">i")
    _text(answer)
    return port


def _number(stream: BinaryIO, layout: str) -> int:
    number: int
    (number,) = struct.unpack(layout, stream.read(struct.calcsize(layout)))
    return number


def _text(stream: BinaryIO) -> str:
    return stream.read(max(_number(stream, ">h"), 0)).decode()
