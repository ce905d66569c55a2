"""What stands around a table: names and titles."""

import re
from dataclasses import dataclass
from typing import Final

from arus_ingest.files.results import Source

_RAYON: Final = re.compile(
    r"(?<![a-z])(?:rayon|ryn)[\s_.:\-]*(?:no(?:mor)?[\s_.:]*)?(\d{1,3})(?!\d)"
    r"([\s_]*(?:&|\+|,|/|-|_|dan|and|s\.?/?d\.?)[\s_]*(?:rayon[\s_]*)?\d{1,3}(?!\d|[\s_./\-]*20\d\d))?",
    re.IGNORECASE,
)  # with what names another one behind it


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a table: the name of its file and sheet, the lines above its header."""

    file: str
    sheet: str | None
    titles: tuple[str, ...]

    def named(self) -> list[tuple[Source, str]]:
        """Return each text with where it stood."""
        stem = self.file.rsplit(".", 1)[0]
        sheet: list[tuple[Source, str]] = [("sheet", self.sheet)] if self.sheet else []
        return [("file name", stem), *sheet, *(("title", title) for title in self.titles)]

    def rayon(self) -> str:
        """Return the one rayon that the texts name, "" where they name none or several."""
        said = [rayon for _, text in self.named() for rayon in _RAYON.finditer(text)]
        numbers = {rayon[1].lstrip("0") for rayon in said}
        return numbers.pop() if len(numbers) == 1 and not any(rayon[2] for rayon in said) else ""
