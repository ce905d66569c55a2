"""What is not a readable table of a reasonable size is refused before it is opened."""

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

from arus_ingest.files.results import MEGABYTE, Limits, Unreadable

FileKind = Literal["text", "workbook"]

HEAD_BYTES: Final = 65_536
UNPACKED_WITHOUT_QUESTION: Final = 100 * MEGABYTE
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_OTHERS: Final[dict[bytes, str]] = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7-Zip",
    b"\x1f\x8b": "gzip",
    b"MZ": "EXE",
    b"\x7fELF": "ELF",
    b"{\\rtf": "RTF",
    b"SQLite format 3": "SQLite",
}
_MARKUP: Final = re.compile(
    rb"^\s*(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html|<table|<\?xml|<style|<meta|<head)", re.IGNORECASE
)
_CONTROLS: Final = frozenset(range(32)) - {9, 10, 12, 13, 26, 27}
MOST_CONTROLS: Final = 0.002


def look(path: Path, limits: Limits) -> FileKind:
    """Return how a file is to be opened. Raises Unreadable when it must not be."""
    size = path.stat().st_size
    if size == 0:
        raise Unreadable("file_empty")
    if size > limits.size_bytes:
        raise Unreadable("file_too_large", size=_shown(size), bound=_shown(limits.size_bytes))
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.startswith(_ZIP):
        _look_into_zip(path, limits)
        return "workbook"
    if head.startswith(_OLE):
        _look_into_ole(path)
        return "workbook"
    for start, name in _OTHERS.items():
        if head.startswith(start):
            raise Unreadable("file_other_format", format=name)
    if _MARKUP.match(head):
        raise Unreadable("file_other_format", format="HTML/XML")
    if not head.strip(b"\x00\xff\xfe\xef\xbb\xbf \t\r\n;,|"):
        raise Unreadable("file_empty")
    if not _wide(head) and sum(byte in _CONTROLS for byte in head) > MOST_CONTROLS * len(head):
        raise Unreadable("file_binary")
    return "text"


def _wide(head: bytes) -> bool:
    """Tell whether bytes can be UTF-16 or UTF-32: marked so, or every other byte is zero."""
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or (
        max(head[0::2].count(0), head[1::2].count(0)) > 0.4 * len(head[0::2]) and b"\x00\x00\x00" not in head
    )


def _look_into_zip(path: Path, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            manifest = _manifest(archive)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Unreadable("file_damaged") from None
    names = {part.filename.lower() for part in parts}
    if any(name.endswith("vbaproject.bin") or name.startswith("basic/") for name in names):
        raise Unreadable("file_macros")
    if any(part.flag_bits & 1 for part in parts) or b"encryption-data" in manifest:
        raise Unreadable("file_password")
    if not names & {"[content_types].xml", "content.xml"} or not any(
        name.startswith("xl/") or name == "content.xml" for name in names
    ):
        raise Unreadable("file_other_format", format="ZIP")
    if b"opendocument" in manifest and b"spreadsheet" not in manifest:
        raise Unreadable("file_other_format", format="OpenDocument")
    _weigh(parts, path.stat().st_size, limits)


def _weigh(parts: Iterable[zipfile.ZipInfo], packed: int, limits: Limits) -> None:
    """Refuse what unpacks to far more than it is: a bomb, or a mistake as large as one."""
    unpacked = sum(part.file_size for part in parts)
    bound = limits.unpacked_bytes
    if unpacked > UNPACKED_WITHOUT_QUESTION:
        bound = min(bound, max(UNPACKED_WITHOUT_QUESTION, packed * limits.unpacked_ratio))
    if unpacked > bound:
        raise Unreadable("file_unpacks_too_large", size=_shown(unpacked), bound=_shown(bound))


def _manifest(archive: zipfile.ZipFile) -> bytes:
    try:
        with archive.open("META-INF/manifest.xml") as file:
            return file.read(HEAD_BYTES)
    except (KeyError, RuntimeError):
        return b""


def _look_into_ole(path: Path) -> None:
    """Refuse an old workbook with macros or a password: both stand by name in its directory of streams."""
    seen = b""
    with path.open("rb") as file:
        while block := file.read(MEGABYTE):
            both = seen + block
            if "EncryptedPackage".encode("utf-16-le") in both:
                raise Unreadable("file_password")
            if "_VBA_PROJECT".encode("utf-16-le") in both:
                raise Unreadable("file_macros")
            seen = block[-64:]


def _shown(size: int) -> str:
    return f"{size / MEGABYTE:,.1f} MB"
