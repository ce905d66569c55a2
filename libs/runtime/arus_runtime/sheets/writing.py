"""Which writer a format has."""

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from arus_runtime.sheets.delimited import open_csv
from arus_runtime.sheets.port import File, Format, Sheet

Open = Callable[[Path, Sheet], AbstractContextManager[File]]


@contextmanager
def _open_xlsx(path: Path, sheet: Sheet) -> Generator[File]:
    from arus_runtime.sheets.workbook import open_xlsx  # noqa: PLC0415 — loaded when the first one is written

    with open_xlsx(path, sheet) as file:
        yield file


@contextmanager
def _open_pdf(path: Path, sheet: Sheet) -> Generator[File]:
    from arus_runtime.sheets.printed import open_pdf  # noqa: PLC0415 — as above

    with open_pdf(path, sheet) as file:
        yield file


_OPENERS: Final[Mapping[Format, Open]] = {"csv": open_csv, "xlsx": _open_xlsx, "pdf": _open_pdf}


def open_sheet(path: Path, kind: Format, sheet: Sheet) -> AbstractContextManager[File]:
    """Return the file to write rows into; leaving it completes it."""
    return _OPENERS[kind](path, sheet)
