"""What files a case takes: how large, how many, and of which kinds, told by their content and their name."""

from collections.abc import Mapping
from io import BytesIO
from typing import Final
from zipfile import BadZipFile, ZipFile

MOST_BYTES: Final = 8_000_000
MOST_FILES: Final = 20
MOST_NAME: Final = 255
KINDS: Final = "JPEG, PNG, WebP, HEIC, PDF, XLSX, DOCX, CSV, TXT"

_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
_MEDIA: Final[Mapping[str, str]] = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".heic": "image/heic",
    ".pdf": "application/pdf",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".csv": "text/csv",
    ".txt": "text/plain",
}


def media_type(name: str, body: bytes) -> str | None:
    """Return what kind of file it is, None for one that is not taken or is not what its ending says."""
    media = _MEDIA.get(name[name.rfind(".") :].lower())
    return media if media and _holds(media, body) else None


def is_file_name(name: str) -> bool:
    """Say whether a name is one line of text that names no folder."""
    return 0 < len(name) <= MOST_NAME and name.isprintable() and not {"/", "\\"} & set(name)


def _holds(media: str, body: bytes) -> bool:
    match media:
        case "image/jpeg":
            return body.startswith(b"\xff\xd8\xff")
        case "image/png":
            return body.startswith(b"\x89PNG\r\n\x1a\n")
        case "image/webp":
            return body[:4] == b"RIFF" and body[8:12] == b"WEBP"
        case "image/heic":
            return body[4:8] == b"ftyp" and body[8:12] in {b"heic", b"heix", b"mif1", b"msf1"}
        case "application/pdf":
            return body.startswith(b"%PDF-")
        case "text/csv" | "text/plain":
            return _is_text(body)
        case _:
            return _has_part(body, "xl/workbook.xml" if "sheet" in media else "word/document.xml")


def _has_part(body: bytes, part: str) -> bool:
    try:
        with ZipFile(BytesIO(body)) as parts:
            return part in parts.namelist()
    except (BadZipFile, ValueError, OSError, NotImplementedError):
        return False


def _is_text(body: bytes) -> bool:
    try:
        return "\0" not in body.decode()
    except UnicodeDecodeError:
        return False
