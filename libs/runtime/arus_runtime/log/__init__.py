"""The log (Kafka) behind one small port; one suite runs on every adapter.

``AiokafkaLog`` is the client of the services, ``MemoryLog`` the fake.
"""

from arus_runtime.log.aio import AiokafkaLog
from arus_runtime.log.memory import MemoryLog
from arus_runtime.log.port import (
    Consumer,
    Listener,
    Log,
    Message,
    Producer,
    PublishFailed,
    Record,
    Security,
    TopicPartition,
)

__all__ = [
    "AiokafkaLog",
    "Consumer",
    "Listener",
    "Log",
    "MemoryLog",
    "Message",
    "Producer",
    "PublishFailed",
    "Record",
    "Security",
    "TopicPartition",
]
