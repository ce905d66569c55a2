"""Commands that keep everything Arus must remember, and bring it back."""

import time
from pathlib import Path
from typing import Annotated

import typer

from arus_stack import running
from arus_stack.cli.access import system
from arus_stack.cli.output import AsJson, answering, document, people
from arus_stack.cli.progress import Progress
from arus_stack.errors import Refused, ServerFailed, StackError
from arus_stack.home import Home
from arus_stack.settings import StackSettings
from arus_stack.system import System

Folder = Annotated[Path, typer.Argument(help="The backup's folder.")]


@answering
def backup(folder: Folder, *, as_json: AsJson = False) -> None:
    """Write database, log and secrets to a folder while everything runs.

    The folder holds secrets and people's data: whoever has it has everything.
    """
    from arus_stack.backups import make  # noqa: PLC0415 - brings what most commands do without

    began = time.monotonic()
    with people.status("backup") as said:
        found = make.make(system(), folder, said.update)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    answer = {
        "folder": str(folder.resolve()),
        "at": found.at,
        "seconds": round(time.monotonic() - began, 1),
        "bytes": size,
        "rows": found.rows,
        "records": found.records,
        "readers": found.readers,
        "missing": found.missing,
    }
    if as_json:
        document(answer)
    for name in found.missing:
        people.print(f"Not in it, since it is not here: {name}", markup=False)
    people.print(
        f"{found.rows:,} rows and {found.records:,} records as of {found.at}, "
        f"{size / 2**20:.1f} MB in {answer['seconds']} s: {folder}"
    )


@answering
def restore(
    folder: Folder,
    *,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify", help="Then compare every table, partition, reading position and file with it."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a backup back into an empty ARUS_HOME, or empty servers; `arus up` starts it afterwards."""
    from arus_stack.backups import restore as restoring  # noqa: PLC0415 - as above

    began = time.monotonic()
    settings = StackSettings()
    home = Home(settings.home)
    if running.is_running(home):
        raise Refused("the stack runs", "`arus down` stops it; a restore needs an ARUS_HOME without data.")
    manifest = restoring.prepare(folder, home)
    if not manifest.sums:
        people.print("Its files are not checked: it was made before backups held their sums.", markup=False)
    under_way = restoring.Restoring(folder, manifest, System.to_start(settings, home))
    try:
        with Progress(people) as progress:
            running.do(home, under_way.parts(verify=verify), progress.show)
    except StackError:
        people.print(f"What was begun is in {home.path}: remove it before you restore again.", markup=False)
        raise
    answer = {
        "at": manifest.at,
        "seconds": round(time.monotonic() - began, 1),
        "rows": manifest.rows,
        "records": manifest.records,
        "files_checked": bool(manifest.sums),
        "verified": verify,
        "differences": under_way.differences,
        "readers": manifest.readers,
    }
    if found := under_way.differences:
        raise ServerFailed(
            f"{len(found)} of its parts differ from the backup: {', '.join(found[:5])}",
            "Keep this ARUS_HOME for a look, and restore another backup into a new one.",
            answer,
        )
    if as_json:
        document(answer)
    people.print(f"All is back as of {manifest.at}, in {answer['seconds']} s; `arus up` starts it.")
    for reader in manifest.readers:
        people.print(f"Data team {reader}: `arus topics grant {reader}` makes a new password.", markup=False)
