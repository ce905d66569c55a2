"""Keys go where Kafka's own producers send them."""

from aiokafka.partitioner import murmur2 as of_the_client  # pyright: ignore[reportUnknownVariableType]
from arus_runtime.log.partitioner import murmur2
from hypothesis import example, given
from hypothesis import strategies as st


@given(st.binary(max_size=80))
@example(b"")
@example(b"01JDQ0V8ZK3M5N7P9R1T3V5X7Z:3400012345")
def test_a_key_has_the_hash_that_the_client_gives_it(key: bytes) -> None:
    """The client's own is signed."""
    assert murmur2(key) == of_the_client(key) & 0xFFFFFFFF
