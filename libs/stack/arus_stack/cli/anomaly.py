"""Commands about anomaly detection."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from arus_stack.cli.output import AsJson, answering, document, people, table
from arus_stack.errors import Refused

app = typer.Typer(help="Anomaly detection: how well it does.", no_args_is_help=True)


class Domain(StrEnum):
    """What a file's facts are."""

    FUEL = "fuel"
    SPEND = "spend"
    METER = "meter"
    SENSOR = "sensor"


@app.command("bench")
@answering
def measure(
    path: Annotated[Path, typer.Argument(exists=True, help="A folder of streams, or a file of many keys.")],
    *,
    domain: Annotated[Domain | None, typer.Option(help="What the file's facts are.")] = None,
    clean: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Facts of the same kind without anomalies."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the learned detector beside its peers on labelled data."""
    from arus_anomaly.bench import keyed, streams  # noqa: PLC0415 - brings numpy, which other commands do without
    from arus_anomaly.bench.series import UnreadableData  # noqa: PLC0415

    def progress(what: str) -> None:
        people.print(what, markup=False)

    try:
        if path.is_dir():
            found = streams.measured(path, progress)
        elif domain is None:
            raise Refused("a file of many keys needs --domain", "One of fuel, spend, meter, sensor.")
        else:
            found = keyed.measured(path, domain, clean, progress)
    except UnreadableData as error:
        raise Refused(str(error)) from None
    except ModuleNotFoundError as error:
        raise Refused(
            f"{error.name} is not installed", "The peers come with: uv sync --group bench"
        ) from None
    if as_json:
        document(found)
    else:
        _show(found)


def _show(found: dict[str, Any]) -> None:
    measures = [name for name in next(iter(found["peers"].values())) if name != "threshold"]
    rows = {"learned": found, **found["peers"]}
    table(("detector", *measures), [(name, *(row[one] for one in measures)) for name, row in rows.items()])
    people.print(found["protocol"], markup=False)
    if rule := found.get("rule"):
        from arus_anomaly.bench import meter  # noqa: PLC0415

        table((rule["name"], "planted", "found", "precision", "recall"), list(meter.lines(rule)))
        for label, number in rule["labels_without_kind"].items():
            people.print(f"{number} × {label}: taken as no anomaly", markup=False)
        people.print(rule["protocol"], markup=False)
