"""Text files: their encoding, their separator, and text that was encoded twice."""

import codecs
import csv
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from arus_ingest.files.results import MEGABYTE, Unreadable

SEPARATORS: Final = (";", ",", "\t", "|", "~", "^", ":")
SAMPLE_CHARACTERS: Final = 200_000
SAMPLE_LINES: Final = 500
HEADER_LINES: Final = 80
LEAST_WORSE: Final = 0.05
LONGEST_CELL: Final = 32_768
_CANDIDATES: Final = ["cp1252", "cp1254", "mac_roman", "cp437", "cp850", "cp1250"]
_LETTERS: Final = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝß")
_SIGNS: Final = frozenset("²³°ºª€£§±×½¼¾–—‘’“”•…·®©™\xa0")
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(path: Path) -> str:
    """Return a text file's encoding as Python names it: its mark, UTF-8 if it decodes, else the likeliest."""
    with path.open("rb") as file:
        head = file.read(MEGABYTE)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    pairs = len(head) // 2
    if pairs and head[1::2].count(0) > 0.4 * pairs:
        return "utf-16-le"
    if pairs and head[0::2].count(0) > 0.4 * pairs:
        return "utf-16-be"
    if _decodes(path):
        return "utf-8"
    return _likeliest(path)


def _decodes(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(MEGABYTE):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _likeliest(path: Path) -> str:
    """Return Windows-1252 where its letters stand where letters do, else what charset-normalizer says.

    Names hold few letters that are not ASCII, too few to tell encodings apart by their frequency alone.
    """
    from charset_normalizer import from_bytes  # noqa: PLC0415 - slow to import

    lines: list[bytes] = []
    with path.open("rb") as file:
        for line in file:
            if not line.isascii():
                lines.append(line[:1_000])
                if len(lines) == 200:
                    break
    told = b"".join(lines)
    if _sounds_western(told.decode("cp1252", errors="replace")):
        return "cp1252"
    found = from_bytes(told, cp_isolation=_CANDIDATES)
    best = found.best()
    if best is None or "cp1252" in best.could_be_from_charset:
        return "cp1252"
    western = min((one.chaos for one in found if one.encoding == "cp1252"), default=1.0)
    return "cp1252" if western <= best.chaos + LEAST_WORSE else best.encoding


def _sounds_western(text: str) -> bool:
    """Tell whether what is beyond ASCII are usual letters in words, and usual signs outside of them."""
    for before, one, after in zip(f" {text}", text, f"{text[1:]} ", strict=False):
        if one.isascii() or one == "’":
            continue
        if one in _LETTERS:
            if not (before.isalpha() or after.isalpha()):
                return False
        elif one not in _SIGNS or (before.isalpha() and after.isalpha()):
            return False
    return True


def separator_of(path: Path, encoding: str, named: Callable[[Sequence[str]], float]) -> str:
    """Return what separates cells: the sign whose lines name most columns, and agree best on their number.

    named: how many columns a line of cells names.
    """
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        sample = file.read(SAMPLE_CHARACTERS)
    lines = sample.splitlines()
    if len(sample) == SAMPLE_CHARACTERS:
        lines = lines[:-1]
    if lines and lines[0].lower().startswith("sep=") and len(lines[0]) == 5:
        return lines[0][4]
    best, most = ",", 0.0
    for separator in SEPARATORS:
        try:
            rows = [row for row in csv.reader(lines[:SAMPLE_LINES], delimiter=separator) if len(row) > 1]
        except csv.Error:
            continue
        if not rows:
            continue
        width, number = Counter(map(len, rows)).most_common(1)[0]
        score = max(map(named, rows[:HEADER_LINES])) + number / len(lines) * min(width, 6) ** 0.5
        if score > most:
            best, most = separator, score
    return best


@lru_cache(maxsize=50_000)
def repaired(text: str) -> str:
    """Return text as it was before it was encoded twice ("Ã‰" → "É"); other text as it is (R-96)."""
    if text.isascii():
        return text
    import ftfy  # noqa: PLC0415 - slow to import

    return ftfy.fix_encoding(text)


def checked(cell: str) -> str:
    """Return a cell of a text file. Raises Unreadable when it is longer than a cell can be."""
    if len(cell) > LONGEST_CELL:
        raise Unreadable("file_cell_too_long", bound=LONGEST_CELL)
    return cell
