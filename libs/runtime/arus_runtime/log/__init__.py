"""The log (Kafka) behind one small port; one suite runs on every adapter.

``AiokafkaLog`` is the client of the services, ``MemoryLog`` the fake. A client for bridges and bulk stands in
``arus_runtime.log.confluent``; its library comes with ``arus-runtime[confluent]``.
"""

from arus_runtime.log.aio import AiokafkaLog
from arus_runtime.log.memory import MemoryLog
from arus_runtime.log.port import (
    Bounds,
    Consumer,
    Listener,
    Log,
    LogAway,
    Message,
    Producer,
    PublishFailed,
    Record,
    Security,
    TopicPartition,
)

__all__ = [
    "AiokafkaLog",
    "Bounds",
    "Consumer",
    "Listener",
    "Log",
    "LogAway",
    "MemoryLog",
    "Message",
    "Producer",
    "PublishFailed",
    "Record",
    "Security",
    "TopicPartition",
]
