"""Commands about topics."""

from collections.abc import Iterator
from secrets import token_urlsafe
from typing import Annotated, Any

import typer
from arus_runtime.catalogue import Topic, topics

from arus_stack import house, running
from arus_stack.cli.access import administrator, system
from arus_stack.cli.output import AsJson, answering, answers, cell, document, people, table
from arus_stack.cli.progress import Progress
from arus_stack.errors import Refused
from arus_stack.home import Home
from arus_stack.kafka import rights
from arus_stack.kafka.admin import Admin
from arus_stack.kafka.records import Found, Reader
from arus_stack.parts import Report, Step
from arus_stack.settings import StackSettings
from arus_stack.system import System

app = typer.Typer(help="Topics: what there is, what rides on them, who may read.", no_args_is_help=True)

TopicName = Annotated[str, typer.Argument(help="A topic's name.")]
ReaderName = Annotated[str, typer.Argument(help="Name of the data team's user.")]


@app.command("list")
@answering
def show_all(*, as_json: AsJson = False) -> None:
    """Show every topic of the catalogue."""
    found = [_described(topic) for topic in topics().values()]
    if as_json:
        document({"topics": found})
        return
    columns = ("topic", "owner", "consumers", "partitions", "kept", "personal data")
    rows = [
        (t["name"], t["owner"], ", ".join(t["consumers"]), t["partitions"], _kept(t), t["pii"]) for t in found
    ]
    table(columns, rows)


@app.command()
@answering
def describe(name: TopicName, *, as_json: AsJson = False) -> None:
    """Show one topic: its catalogue entry, and how many records stand on it now."""
    if name not in topics():
        raise Refused(f"there is no topic {name} in the catalogue", "`arus topics list` shows them all.")
    with Reader(administrator(), name) as reader:
        offsets = [
            {"partition": partition, "first": first, "next": end}
            for partition, (first, end) in reader.ends().items()
        ]
    found = {**_described(topics()[name]), "offsets": offsets}
    if as_json:
        document(found)
        return
    table(("", ""), [(key, cell(value)) for key, value in found.items() if key != "offsets"])
    answers.print()
    table(("partition", "first", "next"), [(o["partition"], o["first"], o["next"]) for o in offsets])


@app.command()
@answering
def tail(
    name: TopicName,
    *,
    lines: Annotated[
        int, typer.Option("--lines", "-n", min=1, help="How many newest records a partition.")
    ] = 10,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    start: Annotated[
        str | None,
        typer.Option("--from", help="PARTITION:OFFSET: what stands from there on, not the newest."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a topic's newest records, decoded, or those from one place on."""
    if start and follow:
        raise Refused("--from and --follow do not go together", "`--lines` says how many are shown.")
    try:
        with Reader(administrator(), name) as reader:
            for record in _from(reader, start, lines) if start else reader.last(lines):
                show(record, as_json=as_json)
            if follow:
                for record in reader.following():
                    show(record, as_json=as_json)
    except KeyboardInterrupt:
        return


@app.command()
@answering
def grant(
    user: ReaderName,
    *,
    only: Annotated[list[str] | None, typer.Option("--topic", help="Only this topic (repeatable).")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a user that may only read: topics without personal data, in groups named after it."""
    _refuse_our_own(user)
    if not rights.may_name_a_reader(user):
        raise Refused(
            f"{user!r} cannot be the name of a user",
            "Give one of 1 to 100 letters, digits, - and _, not `arus`: groups are told apart by it.",
        )
    admin = Admin(administrator())
    password = token_urlsafe(18)
    granted = rights.of_reader(user, topics(), only or ())
    admin.set_users({user: password})
    admin.set_rights({user}, granted)
    access = administrator().as_user(user, password)
    readable = sorted(right.name for right in granted if right.resource == "topic")
    found = {
        "bootstrap": access.bootstrap,
        "user": user,
        "password": password,
        "mechanism": "SCRAM-SHA-512",
        "ca": access.ca or None,
        "group_prefix": f"{user}.",
        "topics": readable,
    }
    if as_json:
        document(found)
    else:
        table(("", ""), [(key, cell(value)) for key, value in found.items()])
    people.print("The password is shown once; granting again makes a new one.")


@app.command()
@answering
def revoke(user: ReaderName, *, as_json: AsJson = False) -> None:
    """Take a data team's user away again, with all it might do; what it reads from now on is refused."""
    _refuse_our_own(user)
    admin = Admin(administrator())
    readers = sorted(admin.users_with_rights() - rights.services(topics()))
    if user not in readers:
        raise Refused(f"there is no data team's user {user}", f"There are {', '.join(readers) or 'none'}.")
    admin.remove_user(user)
    if as_json:
        document({"user": user, "revoked": True})
    people.print(f"{user} may read nothing any more.", markup=False)


@app.command()
@answering
def mend(
    *,
    log_is_back: Annotated[
        bool, typer.Option("--log-is-back", help="The old log stands again: go on where it was read to.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let workers go on after the log was lost, or let records go unread; services must be stopped.

    Bring the old log back if it still exists, or restore a backup: what was not read of it stays unread.
    """
    from arus_stack.backups import mend as mending  # noqa: PLC0415 - brings what most commands do without
    from arus_stack.backups.restore import GROUND  # noqa: PLC0415 - as above

    settings = StackSettings()
    home = Home(settings.home)
    runs = running.is_running(home)
    if runs and not dry_run:
        raise Refused("the stack runs", "`arus down` stops it; then try again.")
    known = system() if runs else System.to_start(settings, home)
    services = [source.name for source in house.sources() if source.migrates]
    found: list[mending.Misfit] = []
    again: list[int] = []

    def look(report: Report) -> None:
        if not dry_run:
            mending.refuse_unless_quiet(known.postgres_url, services)
            known.apply_topics(report)
        found.extend(mending.misfits(known.postgres_url, known.kafka_access, services))
        for one in () if dry_run else found:
            report(f"{one.topic}[{one.partition}]")
            if not log_is_back:
                again.append(mending.mend(known.postgres_url, known.kafka_access, services, one))
            elif one.was_lost:
                mending.let_go(known.postgres_url, services, one)
        report(f"{len(found)} partitions")

    if runs:
        look(people.print)
    else:
        with Progress(people) as progress:
            ground = [part for part in known.parts() if part.name in GROUND]
            after = tuple(part.name for part in ground)
            running.do(home, [*ground, Step("log", look, after)], progress.show)
    if as_json:
        misfits = [one.as_json() for one in found]
        document({"misfits": misfits, "mended": not dry_run, "said_again": sum(again)})
        return
    table(
        ("topic", "partition", "why", "first", "end", "furthest position", "goes on at", "unread"),
        [
            (one.topic, one.partition, "log behind" if one.was_lost else "facts expired", one.first, one.end,
             max(one.positions.values()), one.goes_on,
             cell([f"{who}: {left}" for who, left in one.unread.items()]))
            for one in found
        ],
    )  # fmt: skip
    did = "would go on" if dry_run else f"go on, {sum(again):,} records were put behind their positions"
    people.print(f"Workers of {len(found)} partitions {did}.")


def _refuse_our_own(user: str) -> None:
    if user in rights.services(topics()) or user == administrator().user:
        raise Refused(f"{user} is a user of the system itself", "Choose another name.")


def show(record: Found, *, as_json: bool, **more: bool) -> None:
    """Show one record; more: what its document says besides."""
    found = record.as_json()
    if as_json:
        document(found | more)
        return
    answers.print(
        f"{found['topic']}/{found['partition']}/{found['offset']} {found['time'] or ''} {found['key']} "
        f"{(found['type'] or '').rpartition('.')[2]} {found['value']}",
        markup=False,
        soft_wrap=True,
    )


def _from(reader: Reader, start: str, lines: int) -> Iterator[Found]:
    """Give what stands from PARTITION:OFFSET on; raises Refused when nothing stands there."""
    ends = reader.ends()
    partition, _, offset = start.partition(":")
    place = (int(partition), int(offset)) if partition.isdecimal() and offset.isdecimal() else (-1, -1)
    first, end = ends.get(place[0], (0, 0))
    if not first <= place[1] < end:
        held = ", ".join(
            f"{one}:{first} to {one}:{end - 1}" for one, (first, end) in ends.items() if first < end
        )
        raise Refused(f"nothing stands at {start}", f"There is: {held or 'nothing'}.")
    return reader.between({place[0]: place[1]}, {place[0]: min(place[1] + lines, end)})


def _described(topic: Topic) -> dict[str, Any]:
    return {
        "name": topic.name,
        "owner": topic.owner,
        "consumers": list(topic.consumers),
        "key": topic.key,
        "messages": list(topic.messages),
        "partitions": topic.partitions,
        "cleanup": topic.cleanup,
        "retention_days": topic.retention_days,
        "pii": topic.pii,
        "dlq": topic.dlq,
        "about": topic.about,
    }


def _kept(topic: dict[str, Any]) -> str:
    if topic["cleanup"] == "compact":
        return "newest per key"
    return "for ever" if topic["retention_days"] is None else f"{topic['retention_days']} days"
