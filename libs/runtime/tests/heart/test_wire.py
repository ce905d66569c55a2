"""Events written by compiled functions have the bytes that protobuf gives them."""

from typing import Any

import pytest
from arus.anomaly.v1.events_pb2 import VerdictReached
from arus_runtime.wire import Encoded, encoder
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.struct_pb2 import ListValue
from hypothesis import example, given
from hypothesis import strategies as st

FIELDS = sorted(VerdictReached.DESCRIPTOR.fields, key=lambda field: field.number)
TEXTS = st.text(max_size=8) | st.text("aZ09-:. é", max_size=300)
INTEGERS = {
    FieldDescriptor.TYPE_INT32: st.integers(-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_INT64: st.integers(-(2**63), 2**63 - 1) | st.integers(0, 2**44),
    FieldDescriptor.TYPE_ENUM: st.integers(0, 3),
}
VALUES = st.tuples(*(INTEGERS.get(field.type, TEXTS) for field in FIELDS))
encode = encoder(VerdictReached)


@given(VALUES)
@example(("",) * 7 + (0,) * 4 + ("",) * 3 + (0, "", 0, 0, 0))
@example(("a" * 127,) * 7 + (1, 2**14 - 1, 2**28, 2**31 - 1) + ("b" * 128,) * 3 + (2**14, "c", 1, 128, 2**14))
@example(("a",) * 7 + (3, 2**14, 2**42, 127) + ("b",) * 3 + (127, "", 2**28, 0, 1))
def test_a_message_has_protobufs_own_bytes(values: tuple[Any, ...]) -> None:
    named = {field.name: value for field, value in zip(FIELDS, values, strict=True)}
    assert encode(*values) == Encoded(
        "arus.anomaly.v1.VerdictReached", VerdictReached(**named).SerializeToString(deterministic=True)
    )


def test_a_message_of_other_fields_is_refused() -> None:
    with pytest.raises(TypeError, match=r"google\.protobuf\.ListValue\.values"):
        encoder(ListValue)
