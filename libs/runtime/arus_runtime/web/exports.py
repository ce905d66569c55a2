"""Lists as files: ?format=csv|xlsx|pdf of what a list's filters find, up to a bound of rows."""

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import Depends, Query, Request
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict
from starlette.background import BackgroundTask

from arus_runtime import observe
from arus_runtime.sheets import Format, Row, Sheet, open_sheet
from arus_runtime.web.app import Ctx
from arus_runtime.web.problems import Problem
from arus_runtime.words import Language, language_of

MOST_ROWS: Final[Mapping[Format, int]] = {"csv": 100_000, "xlsx": 100_000, "pdf": 5_000}
AT_ONCE: Final = 2
_MEDIA: Final[Mapping[Format, str]] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
observe.stand_at_zero(observe.EXPORTS, *((kind,) for kind in MOST_ROWS))
EXPORTED: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file.",
        "headers": {"Content-Disposition": {"schema": {"type": "string"}}},
        "content": {
            media.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
            for media in _MEDIA.values()
        },
    }
}
"""What the answers of an export route say of themselves in OpenAPI."""


class ExportSize(BaseModel):
    """How much an export would hold, and how much it may. rows: counted up to one more than the largest."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"rows": 1240, "most": {"csv": 100000, "xlsx": 100000, "pdf": 5000}}]}
    )

    rows: int
    most: dict[Format, int]

    @classmethod
    def of(cls, rows: int) -> "ExportSize":
        """Return the size of so many rows."""
        return cls(rows=rows, most=dict(MOST_ROWS))


@dataclass(frozen=True, slots=True)
class Export:
    """A file that is asked for."""

    format: Format
    language: Language
    byte_order_mark: bool

    @property
    def most(self) -> int:
        """How many rows it may hold."""
        return MOST_ROWS[self.format]


async def _export(
    request: Request,
    context: Ctx,
    kind: Annotated[Format, Query(alias="format", description="pdf holds at most 5,000 rows.")],
    bom: Annotated[
        bool, Query(description="Of CSV: begin with a byte order mark, without which Excel misreads UTF-8.")
    ] = True,
) -> AsyncGenerator[Export]:
    turns: asyncio.Semaphore = context.own.setdefault("exports", asyncio.Semaphore(AT_ONCE))
    async with turns:
        yield Export(kind, language_of(request.headers.get("accept-language")), bom)


Exported = Annotated[Export, Depends(_export, scope="function")]
"""A route's last parameter: brings ?format=&bom= and the file's language, and waits for one of AT_ONCE turns.

Whoever waits holds no connection to the database; behind the others, only who may export waits.
"""


def check_size(export: Export, rows: int) -> None:
    """Raise the 422 of more rows than the format may hold."""
    if rows > export.most:
        raise Problem(422, "export_too_large", params={"bound": export.most, "format": export.format})


async def sent(
    export: Export, sheet: Sheet, chunks: AsyncGenerator[Sequence[Row]], name: str
) -> FileResponse:
    """Return the file of all rows. name: of the file, without its ending.

    It is whole before the first byte leaves: a slow reader holds no transaction and no turn, and what goes
    wrong is still answered as a problem. Writing happens in a thread.
    """
    descriptor, temporary = tempfile.mkstemp(prefix="arus-export-", suffix=f".{export.format}")
    os.close(descriptor)
    path = Path(temporary)
    try:
        await _write(path, export, sheet, chunks)
    except BaseException:
        os.unlink(temporary)  # noqa: PTH108 — not worth a thread
        raise
    observe.EXPORTS.labels(export.format).inc()
    file_name = f"{name}.{export.format}"
    plain = file_name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name)}"
    return FileResponse(
        path,
        media_type=_MEDIA[export.format],
        headers={
            "Content-Disposition": disposition,
            "Content-Language": export.language,
            "Cache-Control": "no-store",
        },
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


async def _write(path: Path, export: Export, sheet: Sheet, chunks: AsyncGenerator[Sequence[Row]]) -> None:
    opened = await asyncio.to_thread(open_sheet, path, export.format, sheet)
    file = await asyncio.to_thread(opened.__enter__)
    try:
        async with aclosing(chunks):
            async for rows in chunks:
                await asyncio.to_thread(file.add, rows)
    finally:
        await asyncio.to_thread(opened.__exit__, None, None, None)
