"""Commands about files of facts."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from arus_stack.cli.output import AsJson, answering, document, people, table

if TYPE_CHECKING:
    from arus_ingest.files import Detection, Unreadable

app = typer.Typer(help="Files of facts: what they are, what they would change.", no_args_is_help=True)


@app.command("detect")
@answering
def detect(
    files: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="CSV, TXT, XLSX, XLS, ODS.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Say what files are and for which period, without importing them; needs no running system."""
    from arus_ingest import files as reader  # noqa: PLC0415 - other commands do without

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
        **{name: rest[name] for name in ("evidence", "notations", "separator", "repaired")},
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
    from arus_ingest.words import templates  # noqa: PLC0415 - other commands do without
    from arus_runtime.words import render  # noqa: PLC0415 - the same

    return render(code, params, "en", templates())


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
