"""Files that come in: each is kept and becomes an import, whichever door it came through."""

import asyncio
import hashlib
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

from arus_runtime.auth import Principal
from arus_runtime.context import Context
from arus_runtime.files import files_of
from arus_runtime.ids import new_ulid
from arus_runtime.periods import MONTH
from arus_runtime.web import wrong

from arus_ingest.commands import imports
from arus_ingest.files.columns import AGE, ASKED, HALVES
from arus_ingest.files.declared import types
from arus_ingest.state import Import, Said

MOST_NAME: Final = 255
_READ_BYTES: Final = 1_048_576


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that has come whole. path: where it lies for now; sha256: hexadecimal."""

    path: Path
    size_bytes: int
    sha256: str


def check_name(field: str, name: str) -> None:
    """Raise the 422 of a name that no file may have."""
    if not name:
        raise wrong(field, "missing")
    if len(name) > MOST_NAME:
        raise wrong(field, "too_long", max_length=MOST_NAME, length=len(name))
    if not name.isprintable() or Path(name).name != name:
        raise wrong(field, "bad_file_name", value=ascii(name[:40]))


def check_type(field: str, name: str) -> None:
    """Raise the 422 of a type of file that there is not."""
    if name not in types():
        raise wrong(field, "not_one_of", value=name, expected=", ".join(types()))


def check_field(where: str, field: str) -> None:
    """Raise the 422 of a field that no type has; "" leaves a column out."""
    known = {*HALVES, *chain.from_iterable(kind.fields for kind in types().values())}
    if field and field not in known:
        raise wrong(where, "not_one_of", value=field, expected=", ".join(sorted(known)))


def check_answer(key: str, answer: str) -> None:
    """Raise the 422 of an answer that names no field of a column, or no month where one is asked for."""
    about, _, field = key.partition(":")
    where = f"answers.{key}"
    if about == ASKED and field == AGE and answer:
        ages = [f"{ASKED}:{one}" for kind in types().values() for one in kind.one_of]
        raise wrong(where, "answer_which_age", value=answer, expected=", ".join(ages))
    if about == ASKED and field != AGE:
        check_field(where, field)
    if key == "period" and answer and not re.fullmatch(MONTH, answer):
        raise wrong(where, "answer_no_month", value=answer)


async def take(context: Context, principal: Principal, source: BinaryIO, name: str, said: Said) -> Import:
    """Copy a file and return the import that it becomes."""
    with TemporaryDirectory(prefix="arus-upload-") as folder:
        file = await asyncio.to_thread(_copied, source, Path(folder) / "file")
        return await keep(context, principal, file, name, said)


async def keep(context: Context, principal: Principal, file: Arrived, name: str, said: Said) -> Import:
    """Keep a file that is here and return the import that it becomes."""
    new = await stored(context, principal, file, name, said, import_id=new_ulid())
    async with context.db.tenant(principal.tenant_id) as tx:
        await imports.receive(tx, principal, new)
    context.committed()
    return new


async def stored(
    context: Context, principal: Principal, file: Arrived, name: str, said: Said, *, import_id: str
) -> Import:
    """Keep a file under the id of an import and return that import, which nobody was told of yet."""
    await files_of(context).put(imports.source_key(principal.tenant_id, import_id), file.path)
    return Import(
        id=import_id,
        state="queued",
        file_name=name,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        said=said,
        uploaded_at=datetime.now(UTC),
        uploaded_by=principal.user_id,
        locations=None if principal.locations is None else sorted(principal.locations),
    )


def arrived(path: Path) -> Arrived:
    """Return a file that lies here whole."""
    with path.open("rb") as file:
        return Arrived(path, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _copied(source: BinaryIO, target: Path) -> Arrived:
    with target.open("wb") as out:
        shutil.copyfileobj(source, out, _READ_BYTES)
    return arrived(target)
