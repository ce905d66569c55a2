"""Files imported through the public API: sent, followed, looked at, committed."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from arus_stack.demo.rest import Api
from arus_stack.errors import Refused

ASK_EVERY_S: Final = 0.3
PATIENCE_S: Final = 7_200.0
_MOVING: Final = frozenset(("queued", "analysed", "committing", "undoing"))
Progress = Callable[[str, str, float], None]
"""Told which file is in which state, and how far (0 to 1)."""
Step = Callable[[Api, Path, dict[str, Any], Progress], dict[str, Any]]
_NOTHING: Final[Mapping[str, Any]] = {
    "state": "refused",
    "type": None,
    "period": None,
    "rows": 0,
    "counts": dict.fromkeys(("created", "updated", "unchanged", "rejected"), 0),
    "blocks": (),
}
"""Of a file that was refused before anything was found in it."""


def run(
    api: Api, files: Sequence[Path], progress: Progress, *, commit: bool, anyway: bool = False
) -> list[dict[str, Any]]:
    """Import files and return each as it then is: committed where nothing stands in its way.

    commit: False looks only. anyway: also what was imported before. One that is refused says its
    `problem`, and keeps no other from going on.
    """
    steps: list[Step] = [
        _sent,
        _followed,
        *([_meant] if anyway else ()),
        *([_committed, _followed, _settled] if commit else ()),
    ]
    found: list[dict[str, Any]] = [{} for _ in files]
    for step in steps:
        found = [
            _unless_refused(step, api, path, one, progress) for path, one in zip(files, found, strict=True)
        ]
    return found


def is_left(one: dict[str, Any]) -> bool:
    """Tell whether something of an import is left to answer or to mend."""
    return one["state"] not in {"preview", "completed"} or bool(one["blocks"]) or "problem" in one


def _unless_refused(
    step: Step, api: Api, path: Path, one: dict[str, Any], progress: Progress
) -> dict[str, Any]:
    if "problem" in one:
        return one
    try:
        return step(api, path, one, progress)
    except Refused as error:
        progress(path.name, "refused", 1.0)
        return {**_NOTHING, "file_name": path.name, **one, "problem": {"message": error.problem}}


def _sent(api: Api, path: Path, _one: dict[str, Any], progress: Progress) -> dict[str, Any]:
    return {"id": api.upload(path, partial(progress, path.name, "sending"))}


def _committed(api: Api, _path: Path, one: dict[str, Any], _progress: Progress) -> dict[str, Any]:
    """Commit an import in whose way nothing stands."""
    if one["state"] != "preview" or one["blocks"]:
        return one
    api.post(f"/imports/{one['id']}/commit", {"preview": one["preview"]})
    return one


def _meant(api: Api, path: Path, one: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Say of a file that it is taken although it was imported before; it is then analysed once more."""
    if one["state"] not in {"preview", "needs_mapping"}:
        return one
    api.patch(f"/imports/{one['id']}", {"anyway": True})
    return _followed(api, path, one, progress)


def _settled(api: Api, path: Path, one: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Commit an import again that asks to look anew: the files of one command may hold the same rows."""
    while one["state"] == "preview" and {block["code"] for block in one["blocks"]} == {"books_changed"}:
        api.post(f"/imports/{one['id']}/commit", {"preview": one["preview"]})
        one = _followed(api, path, one, progress)
    return one


def _followed(api: Api, path: Path, one: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Return an import as soon as it does not go on by itself."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        one = api.get(f"/imports/{one['id']}")
        progress(path.name, one["state"], one["progress"])
        if one["state"] not in _MOVING or time.monotonic() > deadline:
            return one
        time.sleep(ASK_EVERY_S)
