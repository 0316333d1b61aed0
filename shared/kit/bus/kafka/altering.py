"""Setting some of what Kafka keeps for a topic and leaving the rest: IncrementalAlterConfigs, which aiokafka lacks.

What its AlterConfigs does not name falls back to the broker's default, whoever had set it.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResourceType
from aiokafka.errors import for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int8, Int16, Int32, Schema, String

_KEY, _VERSION = 44, 0
_SET = 0
_TEXT = String("utf-8")
_Resource = tuple[int, str, Sequence[tuple[str, int, str]]]
"""A kind, a name, and of each setting the name, what is to be done, and the value."""


class _Altered(Response):  # type: ignore[misc]  # aiokafka has no types
    API_KEY = _KEY
    API_VERSION = _VERSION
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "resources",
            Array(
                ("error_code", Int16),
                ("error_message", _TEXT),
                ("resource_type", Int8),
                ("resource_name", _TEXT),
            ),
        ),
    )


class _AlterV0(RequestStruct):  # type: ignore[misc]  # see above
    API_KEY = _KEY
    API_VERSION = _VERSION
    RESPONSE_TYPE = _Altered
    SCHEMA = Schema(
        (
            "resources",
            Array(
                ("resource_type", Int8),
                ("resource_name", _TEXT),
                ("configs", Array(("name", _TEXT), ("operation", Int8), ("value", _TEXT))),
            ),
        ),
        ("validate_only", Boolean),
    )


class _Alter(Request[_AlterV0]):  # type: ignore[misc]  # see above
    API_KEY: ClassVar[int] = _KEY

    def __init__(self, resources: Sequence[_Resource]) -> None:
        self._resources = resources

    def build(self, request_struct_class: type[_AlterV0]) -> _AlterV0:
        return request_struct_class(self._resources, False)  # noqa: FBT003 -- it names no parameters


async def alter_topics(admin: AIOKafkaAdminClient, wanted: Mapping[str, Mapping[str, str]]) -> None:
    """Set what is wanted of each topic, by name. Raises KafkaError where the broker refuses any of it."""
    resources: list[_Resource] = [
        (ConfigResourceType.TOPIC, topic, [(name, _SET, value) for name, value in settings.items()])
        for topic, settings in wanted.items()
    ]
    answer = await admin._send_request(_Alter(resources))  # noqa: SLF001 -- how it sends what it knows itself
    for code, message, *_ in answer.resources:
        if code:
            raise for_code(code)(message)
