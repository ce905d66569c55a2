"""Letting go of records, as retention does.

With aiokafka: confluent-kafka 2.12's call for it corrupts the memory of a process that goes on.
"""

import asyncio
from collections.abc import Mapping

from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.structs import TopicPartition
from arus_runtime.log import AiokafkaLog, Security

from arus_stack.kafka.admin import KafkaAccess


def delete_records(access: KafkaAccess, firsts: Mapping[tuple[str, int], int]) -> None:
    """Let go of the records of partitions before an offset each. Not from within a running event loop."""
    places = {TopicPartition(*at): RecordsToDelete(first) for at, first in firsts.items() if first > 0}
    if places:
        asyncio.run(_delete(access, places))


async def _delete(access: KafkaAccess, places: dict[TopicPartition, RecordsToDelete]) -> None:
    security = Security(access.bootstrap, user=access.user, password=access.password, ca_file=access.ca)
    admin = AIOKafkaAdminClient(**AiokafkaLog(security).options())
    await admin.start()
    try:
        await admin.delete_records(places)
    finally:
        await admin.close()
