"""Commands about files of facts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bars

from arus_stack import control
from arus_stack.cli.demo import EMAIL
from arus_stack.cli.output import AsJson, answering, document, people, table
from arus_stack.errors import Refused
from arus_stack.home import Home
from arus_stack.settings import StackSettings

if TYPE_CHECKING:
    from arus_ingest.files import Detection, Unreadable

Files = Annotated[list[Path], typer.Argument(help="CSV, TXT, XLSX, XLS, ODS.")]

app = typer.Typer(help="Files of facts: what they are, what they would change.", no_args_is_help=True)


@app.command("detect")
@answering
def detect(
    files: Files,
    *,
    as_json: AsJson = False,
) -> None:
    """Say what files are and for which period, without importing them; needs no running system."""
    from arus_ingest import files as reader  # noqa: PLC0415 - other commands do without

    _must_be_files(files)
    found: list[dict[str, Any]] = []
    for path in files:
        try:
            found += [_document(path, one) for one in reader.detect(path)]
        except reader.Unreadable as error:
            found.append(_problem(path, error))
    if as_json:
        document(found)
    else:
        _show(found)
    if any("problem" in one for one in found):
        raise typer.Exit(1)


@app.command("run")
@answering
def run(
    files: Files,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, change nothing.")
    ] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Also files that were imported before.")] = False,
    email: Annotated[str, typer.Option(help="Who imports; default: the demo's account.")] = "",
    password: Annotated[str, typer.Option(help="Its password.", envvar="ARUS_IMPORT_PASSWORD")] = "",
    as_json: AsJson = False,
) -> None:
    """Import files into the running system; what has questions or errors is shown."""
    from arus_stack import importing  # noqa: PLC0415 - an HTTP client, which other commands do without
    from arus_stack.demo.rest import Api  # noqa: PLC0415 - the same

    _must_be_files(files)
    where = Home(StackSettings().home)
    facts = control.ask_once(where, {"do": "status"})
    if not email:
        email, password = EMAIL, where.secrets.secret("demo.password")
    with (
        Api(str(facts["gateway"]), email, password, facts["tls_ca"]) as api,
        Bars(TextColumn("{task.description}"), BarColumn(), console=people, transient=True) as bars,
    ):
        tasks: dict[str, Any] = {}

        def progress(name: str, state: str, done: float) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=1.0)
            bars.update(tasks[name], description=f"{name}: {state}", completed=done)

        found = importing.run(api, files, progress, commit=not dry_run, anyway=anyway)
    if as_json:
        document(found)
    else:
        _show_imports(found)
    if any(map(importing.is_left, found)):
        raise typer.Exit(1)


def _must_be_files(paths: Sequence[Path]) -> None:
    if strange := [str(path) for path in paths if not path.is_file()]:
        raise Refused(f"no such file: {', '.join(strange)}")


def _show_imports(found: list[dict[str, Any]]) -> None:
    counted = ("created", "updated", "unchanged", "rejected")
    table(
        ("file", "type", "period", "state", "rows", *counted),
        [
            (
                one["file_name"],
                one["type"] or "?",
                one["period"],
                one["state"],
                one["rows"],
                *(one["counts"][name] for name in counted),
            )
            for one in found
        ],
    )
    for one in found:
        if "problem" in one:
            people.print(f"✗ {one['file_name']}: {one['problem']['message']}", markup=False)
        for block in one["blocks"]:
            people.print(f"✗ {one['file_name']}: {block['message']}", markup=False)
        if one["state"] == "needs_mapping":
            for asked in one["sheets"][one["sheet"]]["questions"]:
                people.print(f"? {one['file_name']}: {asked['message']}", markup=False)
    states = Counter("refused" if "problem" in one else one["state"] for one in found)
    summed = ", ".join(f"{number} {state}" for state, number in states.items())
    people.print(f"{len(found)} file(s): {summed}", markup=False)


def _document(path: Path, found: "Detection") -> dict[str, Any]:
    """Return a detection with the eight fields programs rely on first."""
    rest = asdict(found)
    return {
        "file": str(path),
        "type": found.type,
        "period": found.period,
        "confidence": found.confidence,
        "columns": found.columns,
        "rows": found.rows,
        "encoding": found.encoding,
        "header_row": found.header_row,
        "sheet": found.sheet,
        "questions": [{**asdict(one), "message": _sentence(one.code, one.params)} for one in found.questions],
        **{name: rest[name] for name in ("evidence", "notations", "powers", "separator", "repaired")},
    }


def _problem(path: Path, error: "Unreadable") -> dict[str, Any]:
    return {
        "file": str(path),
        "type": None,
        "period": None,
        "confidence": 0.0,
        "columns": {},
        "rows": 0,
        "encoding": None,
        "header_row": 0,
        "problem": {
            "code": error.code,
            "params": error.params,
            "message": _sentence(error.code, error.params),
        },
    }


def _sentence(code: str, params: dict[str, Any]) -> str:
    from arus_ingest.words import meant, templates  # noqa: PLC0415 - other commands do without
    from arus_runtime.words import render  # noqa: PLC0415 - the same

    return render(code, meant(code, params), "en", templates())


def _show(found: list[dict[str, Any]]) -> None:
    table(
        ("file", "sheet", "type", "period", "sure", "rows", "columns"),
        [
            (
                Path(one["file"]).name,
                one.get("sheet"),
                one["type"] or "?",
                one["period"] or "?",
                f"{one['confidence']:.0%}",
                one["rows"],
                ", ".join(f"{field}={header}" for field, header in one["columns"].items()),
            )
            for one in found
        ],
    )
    for one in found:
        if "problem" in one:
            people.print(f"✗ {Path(one['file']).name}: {one['problem']['message']}", markup=False)
        for asked in one.get("questions", []):
            options = f" ({', '.join(asked['options'])})" if asked["options"] else ""
            people.print(f"? {Path(one['file']).name}: {asked['message']}{options}", markup=False)
