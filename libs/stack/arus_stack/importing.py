"""Files imported through the public API: sent, followed, looked at, committed."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from arus_stack.demo.rest import Api

ASK_EVERY_S: Final = 0.3
PATIENCE_S: Final = 7_200.0
_MOVING: Final = frozenset(("queued", "analysed", "committing", "undoing"))
Progress = Callable[[str, str, float], None]
"""Told which file is in which state, and how far (0 to 1)."""


def run(
    api: Api, files: Sequence[Path], progress: Progress, *, commit: bool, anyway: bool = False
) -> list[dict[str, Any]]:
    """Import files and return each as it then is: committed where nothing stands in its way.

    commit: False looks only. anyway: also what was imported before.
    """
    sent = [(path, api.upload(path, partial(progress, path.name, "sending"))) for path in files]
    found = [_followed(api, path, import_id, progress) for path, import_id in sent]
    if anyway:
        found = [_meant(api, path, one, progress) for path, one in zip(files, found, strict=True)]
    if commit:
        for one in found:
            if one["state"] == "preview" and not one["blocks"]:
                api.post(f"/imports/{one['id']}/commit", {"preview": one["preview"]})
        found = [_followed(api, path, one["id"], progress) for path, one in zip(files, found, strict=True)]
        found = [_settled(api, path, one, progress) for path, one in zip(files, found, strict=True)]
    return found


def _meant(api: Api, path: Path, one: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Say of a file that it is taken although it was imported before; it is then analysed once more."""
    if one["state"] not in {"preview", "needs_mapping"}:
        return one
    api.patch(f"/imports/{one['id']}", {"anyway": True})
    return _followed(api, path, one["id"], progress)


def _settled(api: Api, path: Path, one: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Commit an import again that asks to look anew: the files of one command may hold the same rows."""
    while one["state"] == "preview" and {block["code"] for block in one["blocks"]} == {"books_changed"}:
        api.post(f"/imports/{one['id']}/commit", {"preview": one["preview"]})
        one = _followed(api, path, one["id"], progress)
    return one


def _followed(api: Api, path: Path, import_id: str, progress: Progress) -> dict[str, Any]:
    """Return an import as soon as it does not go on by itself."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        one: dict[str, Any] = api.get(f"/imports/{import_id}")
        progress(path.name, one["state"], one["progress"])
        if one["state"] not in _MOVING or time.monotonic() > deadline:
            return one
        time.sleep(ASK_EVERY_S)
