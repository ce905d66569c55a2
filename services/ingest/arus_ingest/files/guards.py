"""What is not a readable table of a reasonable size is refused before it is opened."""

import re
import struct
import zipfile
import zlib
from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

from arus_ingest.files.results import MEGABYTE, Limits, Unreadable

FileKind = Literal["text", "workbook", "page"]

HEAD_BYTES: Final = 65_536
UNPACKED_WITHOUT_QUESTION: Final = 100 * MEGABYTE
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR: Final = 0xFFFF_FFFA  # from here on a number is a mark
_ZIP: Final = b"PK\x03\x04"
_OLD_ENDINGS: Final = frozenset({".xls", ".xla"})
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
_SPREADSHEET: Final = b'"urn:schemas-microsoft-com:office:spreadsheet"'
_PAGE: Final = re.compile(rb"<(?:html|table)[\s>]", re.IGNORECASE)
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
        if _PAGE.search(head) and _SPREADSHEET not in head:
            return "page"
        raise Unreadable("file_other_format", format="XML")
    if not head.strip(b"\x00\xff\xfe\xef\xbb\xbf \t\r\n;,|"):
        raise Unreadable("file_empty")
    if not _wide(head) and sum(byte in _CONTROLS for byte in head) > MOST_CONTROLS * len(head):
        raise Unreadable("file_binary")
    return "text"


def misnamed(path: Path) -> bool:
    """Tell whether a workbook has the ending of another kind: .xls of a new one, .xlsx of an old one."""
    old = path.suffix.lower() in _OLD_ENDINGS
    with path.open("rb") as file:
        return file.read(len(_OLE)).startswith(_ZIP if old else _OLE)


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
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
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
    _follow_sectors(path)
    seen = b""
    with path.open("rb") as file:
        while block := file.read(MEGABYTE):
            both = seen + block
            if "EncryptedPackage".encode("utf-16-le") in both:
                raise Unreadable("file_password")
            if "_VBA_PROJECT".encode("utf-16-le") in both:
                raise Unreadable("file_macros")
            seen = block[-64:]


def _follow_sectors(path: Path) -> None:
    """Refuse a compound file whose sectors lead in a circle or out of the file: a reader would not end.

    In a sound table every sector is followed by one that no other sector leads to. [MS-CFB] 2.2 to 2.5.
    """
    with path.open("rb") as file:
        head = file.read(512)
        if len(head) < 512:
            raise Unreadable("file_damaged")
        size = 1 << int.from_bytes(head[30:32], "little")
        if size not in {512, 4096}:
            raise Unreadable("file_damaged")
        sectors = (path.stat().st_size + size - 1) // size
        listed = array("I", head[76:512])
        more, count = struct.unpack_from("<II", head, 68)
        for _ in range(min(count, sectors)):
            file.seek((more + 1) * size)
            block = file.read(size)
            if len(block) < size:
                raise Unreadable("file_damaged")
            listed.frombytes(block[:-4])
            more = int.from_bytes(block[-4:], "little")
        followed: set[int] = set()
        for sector in listed:
            if sector >= _LAST_SECTOR:
                continue
            file.seek((sector + 1) * size)
            block = file.read(size)
            for following in array("I", block[: len(block) // 4 * 4]):
                if following >= _LAST_SECTOR:
                    continue
                if following in followed or following >= sectors:
                    raise Unreadable("file_damaged")
                followed.add(following)
        if int.from_bytes(head[48:52], "little") in followed:
            raise Unreadable("file_damaged")


def _shown(size: int) -> str:
    return f"{size / MEGABYTE:,.1f} MB"
