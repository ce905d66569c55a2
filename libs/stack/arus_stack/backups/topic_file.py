"""One topic's records in one compressed file: what stood where, with which time and headers."""

import gzip
import hashlib
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypedDict

from arus_stack.errors import Refused
from arus_stack.kafka.records import Found

_HEAD = struct.Struct(">iqqiiH")
_HEADER = struct.Struct(">Hi")
_ABSENT = -1
FAST = 1  # of gzip's levels: the others take longer than the disk they save


class PartitionSum(TypedDict):
    """What is kept of a partition: offsets from first up to end, and what its records add up to."""

    first: int
    end: int
    records: int
    hash: str


class Digest:
    """Adds up the records of a topic, partition by partition."""

    def __init__(self) -> None:
        self._hashes: dict[int, Any] = {}
        self._counts: dict[int, int] = {}

    def add(self, partition: int, encoded: bytes) -> None:
        """Take one record into account."""
        if partition not in self._hashes:
            self._hashes[partition] = hashlib.sha256()
        self._hashes[partition].update(encoded)
        self._counts[partition] = self._counts.get(partition, 0) + 1

    def of(self, partition: int, first: int, end: int) -> PartitionSum:
        """Return what the records of a partition came to."""
        found = self._hashes.get(partition)
        return {
            "first": first,
            "end": end,
            "records": self._counts.get(partition, 0),
            "hash": found.hexdigest() if found else "",
        }


class TopicWriter:
    """Writes a topic's file; a context manager."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = gzip.open(path, "wb", compresslevel=FAST)  # noqa: SIM115 - closed by __exit__
        self.digest = Digest()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, record: Found, offset: int) -> None:
        """Add a record as it shall stand at an offset."""
        encoded = encode(record, offset)
        self.digest.add(record.partition, encoded)
        self._file.write(encoded)


def read(path: Path) -> Iterator[Found]:
    """Give the records of a topic's file, in the order in which they were written."""
    topic = path.name.removesuffix(".gz")
    try:
        with gzip.open(path, "rb") as file:
            while head := file.read(_HEAD.size):
                yield _record(topic, head, file)
    except (OSError, EOFError, struct.error, zlib.error, UnicodeError) as error:
        raise Refused(f"{path} is damaged: {error}", "Take another backup.") from error


def encode(record: Found, offset: int) -> bytes:
    """Return a record as the file holds it."""
    key, value = record.key, record.value
    parts = [
        _HEAD.pack(
            record.partition, offset, record.at_ms, _size(key), _size(value), len(record.headers)
        ),
        key or b"",
        value or b"",
    ]  # fmt: skip
    for name, text in record.headers:
        parts += [_HEADER.pack(len(name.encode()), _size(text)), name.encode(), text or b""]
    return b"".join(parts)


def _record(topic: str, head: bytes, file: gzip.GzipFile) -> Found:
    partition, offset, at_ms, key_size, value_size, count = _HEAD.unpack(head)
    key, value = _text(file, key_size), _text(file, value_size)
    headers: list[tuple[str, bytes]] = []
    for _ in range(count):
        name_size, text_size = _HEADER.unpack(file.read(_HEADER.size))
        name = file.read(name_size).decode()
        headers.append((name, _text(file, text_size)))  # pyright: ignore[reportArgumentType] - Kafka lets a header have no value
    return Found(topic, partition, offset, key, value, headers, at_ms)


def _text(file: gzip.GzipFile, size: int) -> bytes | None:
    if size == _ABSENT:
        return None
    found = file.read(size)
    if len(found) != size:
        raise EOFError("it ends in the middle of a record")
    return found


def _size(text: bytes | None) -> int:
    return _ABSENT if text is None else len(text)
