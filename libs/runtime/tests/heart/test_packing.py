"""Rows packed by hand are what PostgreSQL reads back."""

from datetime import UTC, date, datetime
from uuid import UUID

import psycopg
import pytest
from arus_runtime.packing import (
    HEADER,
    TRAILER,
    Array,
    ArrayDumper,
    Packer,
    bytea_array,
    int8_array,
    text_array,
)
from arus_runtime.worker import Column, ColumnType, Reject, Table
from arus_stack.testing import PostgresServer

VALUES: dict[ColumnType, object] = {
    "int2": -7,
    "int4": 2**31 - 1,
    "int8": -(2**63),
    "bool": True,
    "float8": 0.1,
    "text": "Gudang Ä — 300 L",
    "bytea": b"\0\xff",
    "uuid": UUID("972f9106-31e9-5adb-bae7-322228e5aef7"),
    "timestamptz": datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    "date": date(1945, 8, 17),
    "jsonb": '{"a": [1, null]}',
}


@pytest.mark.integration
@pytest.mark.parametrize("nullable", [False, True])
def test_every_type_is_read_back_as_it_was(postgres: PostgresServer, nullable: bool) -> None:
    columns = tuple(Column(f"c_{kind}", kind, nullable) for kind in VALUES)
    packer = Packer(Table("packed", columns))
    rows = [packer.pack((3, 2**40, 5), tuple(VALUES.values()), (b"value", b"headers"))]
    texts = ["300 L", "x" * 127, "x" * 128, "", "é" * 127]
    rows += [
        packer.pack((4, place, 0), tuple({**VALUES, "text": text}.values()), (None, None))
        for place, text in enumerate(texts)
    ]
    if nullable:
        rows.append(packer.superseded(packer.pack((3, 2**40, 6), (None,) * len(columns), (None, None))))
    types = ", ".join(f"{column.name} {column.type}" for column in columns)
    names = ", ".join(column.name for column in columns)
    with psycopg.connect(postgres.url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "create temp table packed (src_part int2, src_off int8, src_idx int4, is_current bool,"
            f" {types}, value bytea, headers bytea)".encode()
        )
        with cursor.copy(
            f"copy packed ({', '.join(packer.columns)}) from stdin (format binary)".encode()
        ) as copy:
            copy.write(b"".join([HEADER, *rows, TRAILER]))
        cursor.execute(
            f"select src_part, src_off, src_idx, is_current, {names}, value from packed"
            " where src_part = 3".encode()
        )
        found = cursor.fetchall()
        cursor.execute(b"select c_text from packed where src_part = 4 order by src_off")
        assert [text for (text,) in cursor.fetchall()] == texts
    expected = tuple({**VALUES, "jsonb": {"a": [1, None]}}.values())
    assert found[0] == (3, 2**40, 5, True, *expected, b"value")
    if nullable:
        assert found[1] == (3, 2**40, 6, False, *(None for _ in columns), None)


@pytest.mark.integration
def test_arrays_are_read_back_as_they_were(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.url) as connection:
        connection.adapters.register_dumper(Array, ArrayDumper)
        found = connection.execute(
            "select %s::text[], %s::bytea[], %s::bigint[]",
            (
                text_array(["a", "", "Ä", "x" * 5_000]),
                bytea_array([b"\0", None]),
                int8_array([1, -(2**63), 2**63 - 1]),
            ),
        ).fetchone()
    assert found == (["a", "", "Ä", "x" * 5_000], [b"\0", None], [1, -(2**63), 2**63 - 1])


@pytest.mark.parametrize(("kind", "value"), [("text", "a\0b"), ("jsonb", '"\\u0000"')])
def test_what_postgresql_cannot_hold_is_rejected(kind: ColumnType, value: str) -> None:
    packer = Packer(Table("packed", (Column("note", kind),)))
    with pytest.raises(Reject, match="note must not hold a NUL character"):
        packer.pack((0, 0, 0), (value,), (None, None))


@pytest.mark.parametrize("value", ["a\0b", "\0", "\0" * 4, "é\0", "x" * 200 + "\0"])
@pytest.mark.parametrize("beside", ["", "b", "x" * 128])
def test_a_nul_is_found_among_other_texts(value: str, beside: str) -> None:
    packer = Packer(Table("packed", (Column("note", "text"), Column("other", "text"))))
    for values in ((value, beside), (beside, value)):
        with pytest.raises(Reject, match="must not hold a NUL character"):
            packer.pack((0, 0, 0), values, (None, None))


def test_a_nul_is_refused_beside_an_empty_text_too() -> None:
    packer = Packer(Table("packed", (Column("first", "text"), Column("second", "text"))))
    for texts in (("a\0", ""), ("", "\0"), ("a\0", "b")):
        with pytest.raises(Reject, match="must not hold a NUL character"):
            packer.pack((0, 0, 0), texts, (None, None))
