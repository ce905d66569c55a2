"""Commands about dead letters: records no worker could take."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer
from arus_runtime.catalogue import DLQ_SUFFIX, topics
from arus_runtime.ids import new_ulid

from arus_stack.cli.access import administrator
from arus_stack.cli.output import AsJson, answering, document, people, table
from arus_stack.cli.topics import show
from arus_stack.kafka.admin import KafkaAccess
from arus_stack.kafka.records import Reader, publish

if TYPE_CHECKING:
    from arus_runtime.log.port import Message

app = typer.Typer(help="Dead letters: records no worker could take.", no_args_is_help=True)

TopicName = Annotated[str, typer.Argument(help="A topic's name, with or without .dlq.")]


@app.command("list")
@answering
def show_all(*, as_json: AsJson = False) -> None:
    """Show how many records wait, by topic."""
    access = administrator()
    found = [_counted(access, topic.dlq) for topic in topics().values()]
    if as_json:
        document({"topics": found})
    else:
        table(("topic", "waiting", "ever parked"), [(t["topic"], t["waiting"], t["parked"]) for t in found])


@app.command("show")
@answering
def show_one(
    name: TopicName,
    *,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many newest records.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show parked records with the reason each was parked for, and whether they still wait."""
    with Reader(administrator(), _dlq(name)) as reader:
        done = reader.settled_up_to()
        for record in reader.last(lines):
            waits = record.offset >= done[record.partition]
            if not as_json:
                headers = {key: value.decode(errors="replace") for key, value in record.headers}
                who, why = headers.get("dlq_worker", "?"), headers.get("dlq_reason", "?")
                rest = "" if waits else " (waits no more)"
                detail = headers.get("dlq_detail", "")
                people.print(f"{who} {why}: {detail}{rest}", markup=False, soft_wrap=True)
            show(record, as_json=as_json, waits=waits)


@app.command()
@answering
def redrive(
    name: TopicName,
    *,
    again: Annotated[bool, typer.Option("--again", help="Also those that went back before.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go back.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send waiting records back to their topic, to be tried again by the worker that parked them.

    Headers are the original ones but for origin and sequence: under its old ones a record would be taken for
    a repeat and dropped.
    """
    from arus_runtime import dlq  # noqa: PLC0415 - brings the runtime's store, which most commands do without

    run = new_ulid()
    sent = 0
    skipped: list[dict[str, Any]] = []
    with Reader(administrator(), _dlq(name)) as reader:
        ends = {partition: end for partition, (_, end) in reader.ends().items()}
        firsts = {partition: first for partition, (first, _) in reader.ends().items()}
        done: Mapping[int, int] = {} if again else reader.settled_up_to()
        starts = {partition: max(first, done.get(partition, 0)) for partition, first in firsts.items()}
        messages: list[Message] = []
        for record in reader.between(starts, ends):
            try:
                messages.append(dlq.redriven(record, run, len(messages) + 1))
            except (ValueError, LookupError) as error:
                skipped.append({"partition": record.partition, "offset": record.offset, "why": str(error)})
        if not dry_run:
            sent = publish(administrator(), messages)
            for partition, end in ends.items():
                reader.mark_settled(partition, end)
    found = {
        "topic": _dlq(name), "run": run, "sent": sent, "would_send": len(messages) if dry_run else None,
        "skipped": skipped,
    }  # fmt: skip
    if as_json:
        document({key: value for key, value in found.items() if value is not None})
    else:
        people.print(
            f"{len(messages)} records {'would go' if dry_run else 'went'} back, {len(skipped)} cannot."
        )
        for row in skipped:
            people.print(f"  {row['partition']}:{row['offset']} {row['why']}", markup=False)
    if skipped and not dry_run:
        people.print("What cannot go back stays where it is and waits no more; `--again` reads it once more.")
        raise typer.Exit(1)


@app.command()
@answering
def settle(name: TopicName, *, as_json: AsJson = False) -> None:
    """Let waiting records rest where they are: none goes back, and they no longer count as waiting."""
    with Reader(administrator(), _dlq(name)) as reader:
        ends = reader.ends()
        waiting = _waiting(ends, reader.settled_up_to())
        for partition, (_, end) in ends.items():
            reader.mark_settled(partition, end)
    if as_json:
        document({"topic": _dlq(name), "settled": waiting})
    else:
        people.print(f"{waiting} records wait no more; `arus dlq redrive --again` still reads them.")


def _dlq(name: str) -> str:
    return name if name.endswith(DLQ_SUFFIX) else name + DLQ_SUFFIX


def _counted(access: KafkaAccess, topic: str) -> dict[str, Any]:
    with Reader(access, topic) as reader:
        ends, done = reader.ends(), reader.settled_up_to()
    return {
        "topic": topic,
        "waiting": _waiting(ends, done),
        "parked": sum(end for _, end in ends.values()),
    }


def _waiting(ends: Mapping[int, tuple[int, int]], done: Mapping[int, int]) -> int:
    return sum(max(0, end - max(first, done[partition])) for partition, (first, end) in ends.items())
