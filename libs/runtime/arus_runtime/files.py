"""Files that people send and take: in an object store (S3 and its like), or in a local folder.

    files = files_of(context)
    await files.put("imports/tenant-a/01J…", path)

Keys are made by the code, never by people.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from obstore.store import LocalStore, ObjectStore, from_url

from arus_runtime.context import Context

_FOLDER: Final = "files"


class Files:
    """An object store, reached by keys. It holds nothing in memory whole."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, key: str, source: Path | bytes) -> None:
        """Keep a file, or what it holds, under the key, in place of one that was there."""
        await self._store.put_async(key, source)

    async def fetch(self, key: str, target: Path) -> None:
        """Copy what lies under the key into the target; raises FileNotFoundError."""
        answer = await self._store.get_async(key)
        file = await asyncio.to_thread(target.open, "wb")
        try:
            async for piece in answer.stream():
                await asyncio.to_thread(file.write, piece)
        finally:
            await asyncio.to_thread(file.close)

    async def delete(self, keys: Sequence[str]) -> None:
        """Forget these keys; one that is not there is forgotten already."""
        for key in keys:
            try:
                await self._store.delete_async(key)
            except FileNotFoundError:
                continue

    async def delete_under(self, folder: str) -> Sequence[int]:
        """Forget every key that begins with a folder's name, which ends in a slash; return their bytes."""
        # The library's own list has an overload of a kind it does not name.
        listed: Any = self._store.list(folder.removesuffix("/"))  # pyright: ignore[reportUnknownMemberType]
        found = [one async for some in listed for one in some]
        await self.delete([one["path"] for one in found])
        return [one["size"] for one in found]

    @asynccontextmanager
    async def local(self, key: str) -> AsyncGenerator[Path]:
        """Give a local copy of what lies under the key; it goes when it is left."""
        with TemporaryDirectory(prefix="arus-") as folder:
            path = Path(folder) / "file"
            await self.fetch(key, path)
            yield path


def files_of(context: Context) -> Files:
    """Return where this process keeps files, as its settings say."""
    kept: Files | None = context.own.get(_FOLDER)
    if kept is None:
        kept = context.own[_FOLDER] = Files(_opened(context.settings.files_url, context.settings.home))
    return kept


def _opened(url: str, home: Path) -> ObjectStore:
    if url:
        return from_url(url)
    return LocalStore((home / _FOLDER).absolute(), mkdir=True)
