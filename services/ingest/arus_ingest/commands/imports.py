"""Commands of imports: each moves one a state on, tells it, and asks for the slow work that follows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from arus_runtime import jobs, outbox
from arus_runtime.auth import ForbiddenError, LimitedError, Principal
from arus_runtime.context import Context
from arus_runtime.ids import is_ulid
from arus_runtime.postgres import Tx
from arus_runtime.web import FieldProblem, Problem, wrong
from arus_runtime.words import Word

from arus_ingest import books, codec, rules
from arus_ingest.commands import fuel_rows
from arus_ingest.files import columns
from arus_ingest.handlers import SETTLE
from arus_ingest.state import Dependants, Import, ImportState, Outcomes, Said, Trouble
from arus_ingest.store import imports as store
from arus_ingest.words import meant

ANALYSE: Final = "imports.analyse"
COMMIT: Final = "imports.commit"
UNDO: Final = "imports.undo"
OPEN: Final[frozenset[ImportState]] = frozenset(("needs_mapping", "preview", "failed"))
DONE: Final[frozenset[ImportState]] = frozenset(("completed", "completed_with_errors"))
RESOURCES: Final[Mapping[str, str]] = {
    "FUEL": "fuel.transactions",
    "MC": "customers",
    "SBRS": "meters",
    "COLLECTION": "collections",
    "MB": "collections",
    "MAINBILL": "collections",
    "ARDEBT": "collections",
}
"""On which facts a type of file is to be allowed, beside imports."""
SHOWN_DEPENDANTS: Final = 100
BOOKS_CHANGED: Final = "books_changed"
"""Asks to look again: a commit bound to the preview that says so is the answer."""


def folder_of(tenant_id: str, import_id: str) -> str:
    """Return where everything that is kept of an import's file lies."""
    return f"imports/{tenant_id}/{import_id}/"


def source_key(tenant_id: str, import_id: str) -> str:
    """Return where the file of an import is kept."""
    return f"{folder_of(tenant_id, import_id)}file"


def rows_key(tenant_id: str, of: Import) -> str:
    """Return where the rows of a file are kept, as they were previewed."""
    return f"{folder_of(tenant_id, of.id)}rows-{of.preview_hash}"


async def receive(tx: Tx, principal: Principal, new: Import) -> Import:
    """Take a file that was kept, and ask for its analysis."""
    await store.add(tx, principal.tenant_id, new)
    await tell(tx, principal.tenant_id, new)
    await _ask(tx, principal.tenant_id, ANALYSE, new)
    return new


async def say(
    tx: Tx, principal: Principal, import_id: str, changes: Mapping[str, Any], at: datetime
) -> Import:
    """Say something of a file in place of what was found in it, remember its headers, and read it anew.

    What its headers mean and the answers to its questions are added to those said before.
    """
    old = await held(tx, principal, import_id)
    if old.state not in OPEN or old.committed_at is not None:
        raise wrong_state(old)
    check_file(old)
    _check_said(old, changes)
    if changes.get("sheet") is not None:
        changes = {**changes, "sheet": _sheet_named(old, changes["sheet"])}
    said = rules.said(old.said, changes)
    type_ = said.type or said.answers.get("type") or old.type
    taken_back = {key for key, answer in changes.get("answers", {}).items() if not answer}
    await store.unlearn(tx, type_, (old.said.columns.keys() - said.columns.keys()) | taken_back)
    await _learn(tx, principal, said, type_, at)
    new = await store.change(
        tx, old.id, state="queued", said=said, preview={}, preview_hash="", blocks=[], done=0, ended_at=None
    )
    await tell(tx, principal.tenant_id, new)
    await _ask(tx, principal.tenant_id, ANALYSE, new)
    return new


def _sheet_named(of: Import, place: int) -> str | None:
    """Return what a sheet is called: its place may be another when its file is read anew; raises the 422."""
    if place >= len(of.detections):
        raise wrong(
            "sheet", "not_one_of", value=place, expected=", ".join(map(str, range(len(of.detections))))
        )
    return of.detections[place]["sheet"]


def _check_said(of: Import, changes: Mapping[str, Any]) -> None:
    """Raise the 422 of a column that the sheet does not have, of a question not asked, of no answer to one.

    With another type or sheet other questions may be asked: of those nothing is known here.
    """
    sheet = of.sheet if changes.get("sheet") is None else changes["sheet"]
    if sheet >= len(of.detections):
        return
    found, answers = of.detections[sheet], changes.get("answers", {})
    headers = found["headers"]
    named = {f"columns.{header}": header for header in changes.get("columns", {})}
    named |= {f"answers.{columns.ASKED}:{to}": one for one, to in columns.answered(answers).items()}
    for where, header in named.items():
        if header not in headers:
            raise wrong(where, "not_one_of", value=header, expected=", ".join(filter(None, headers)))
    is_other = bool(changes.keys() & {"type", "sheet", "columns"} or "type" in answers)
    asked = {one["key"]: one["options"] for one in (*found["questions"], *found.get("answered", ()))}
    for key, answer in answers.items():
        if key.partition(":")[0] == columns.ASKED or not answer:
            continue
        if key not in asked and not is_other:
            raise wrong("answers", "not_one_of", value=key, expected=", ".join(asked))
        options = asked.get(key, ())
        if options and answer not in options:
            raise wrong(f"answers.{key}", "not_one_of", value=answer, expected=", ".join(options))


async def _learn(tx: Tx, principal: Principal, said: Said, type_: str, at: datetime) -> None:
    """Remember what headers mean and how they are read, once it is known in files of which type."""
    if not type_:
        return
    if meanings := columns.of_type(type_, said.columns) | columns.remembered(said.answers):
        await store.learn(tx, principal.tenant_id, type_, meanings, by=principal.user_id, at=at)


async def commit(tx: Tx, principal: Principal, import_id: str, preview: str, at: datetime) -> Import:
    """Have exactly what was previewed executed. preview: the hash of what the caller saw."""
    old = await held(tx, principal, import_id)
    if old.state in ("committing", *DONE) and old.preview_hash == preview:
        if old.state == "committing":
            await _look_again(tx, principal.tenant_id, old)
        return old
    goes_on = old.state == "failed" and old.committed_at is not None
    if old.state != "preview" and not goes_on:
        raise wrong_state(old)
    check_file(old)
    _check_right(principal, old.type, "c")
    if preview != old.preview_hash:
        raise Problem(409, "preview_changed", errors=[FieldProblem("preview", "preview_changed")])
    blocks = () if goes_on else await _blocks(tx, principal, old)
    if blocks:
        raise Problem(
            409,
            "import_blocked",
            errors=[FieldProblem("import", one.code, meant(one.code, one.params)) for one in blocks],
        )
    await _learn(tx, principal, old.said, old.type, at)
    if goes_on:
        new = await store.change(tx, old.id, state="committing", blocks=[])
        await tell(tx, principal.tenant_id, new)
        await _ask(tx, principal.tenant_id, COMMIT, new)
        return new
    new = await store.change(
        tx,
        old.id,
        state="committing",
        committed_at=at,
        committed_by=principal.user_id,
        blocks=[],
        locations=None if principal.locations is None else sorted(principal.locations),
        done=0,
        created=0,
        updated=0,
        unchanged=0,
        rejected=old.rows - old.preview["sound"],
    )
    await tell(tx, principal.tenant_id, new)
    await _ask(tx, principal.tenant_id, COMMIT, new)
    return new


async def _blocks(tx: Tx, principal: Principal, of: Import) -> Sequence[Trouble]:
    """Return what stands in the way of a commit: what did at its preview, and its like if it stands since."""
    await store.take_turns(tx, principal.tenant_id, "commits")
    taken = {} if of.said.anyway else await store.taken(tx, of.sha256, of.id)
    repeats = taken.get(of.detections[of.sheet]["sheet"] or "")
    blocks = [one for one in of.blocks if one.code != BOOKS_CHANGED]
    if repeats and not any(one.code == "file_repeats" for one in blocks):
        blocks.append(Trouble("file_repeats", {"value": repeats}))
    return blocks


def _check_right(principal: Principal, type_: str, action: str) -> None:
    """Raise the 403 of who may not do this to the facts of a type of file."""
    if not principal.may(RESOURCES[type_], action):
        raise ForbiddenError(RESOURCES[type_], action)
    if beyond(type_, principal.locations):
        raise LimitedError


def beyond(type_: str, locations: Collection[str] | None) -> bool:
    """Say whether facts of a type belong to no location, and so to nobody who is limited to some."""
    return type_ != fuel_rows.TYPE and locations is not None


async def undoing(context: Context, principal: Principal, import_id: str) -> tuple[Import, Dependants]:
    """Return an import and what keeps it from being taken back; raises the 404.

    What depends on facts that another book owns, that book is asked; it has the last word when it is asked
    to withdraw them.
    """
    async with context.db.tenant(principal.tenant_id) as tx:
        of = seen(principal, await store.one(tx, import_id) if is_ulid(import_id) else None)
        if of.type == fuel_rows.TYPE:
            return of, await store.dependants(tx, of, SHOWN_DEPENDANTS)
    if of.state not in DONE:
        return of, Dependants()
    return of, await books.dependants(context.peers, principal, of.id)


async def undo(tx: Tx, principal: Principal, import_id: str, at: datetime) -> Import:
    """Have an import taken back, or go on with that; raises the 409 with what depends on it."""
    old = await held(tx, principal, import_id)
    if old.state == "undone":
        return old
    if old.state != "undoing" and old.state not in DONE:
        raise wrong_state(old)
    _check_right(principal, old.type, "d" if old.type == fuel_rows.TYPE else "u")
    if old.state == "undoing":
        return await _go_on_undoing(tx, principal, old)
    if old.type == fuel_rows.TYPE:
        await fuel_rows.take_turns(tx, principal.tenant_id)
        found = await store.dependants(tx, old, SHOWN_DEPENDANTS)
        if found.in_all:
            raise refused(found)
    new = await store.change(
        tx, old.id, state="undoing", undone_by=principal.user_id, undone_at=at, done=0, blocks=[]
    )
    await tell(tx, principal.tenant_id, new)
    if old.type == fuel_rows.TYPE:
        await _ask(tx, principal.tenant_id, UNDO, new)
    else:
        await _ask_to_withdraw(tx, principal.tenant_id, new, at)
    return new


async def _go_on_undoing(tx: Tx, principal: Principal, old: Import) -> Import:
    """Ask for the slow work once more: what was done is left alone, what was given up goes on."""
    if old.type != fuel_rows.TYPE:
        await _look_again(tx, principal.tenant_id, old)
        return old
    new = await store.change(tx, old.id, done=0)
    await _ask(tx, principal.tenant_id, UNDO, new)
    return new


async def _look_again(tx: Tx, tenant_id: str, of: Import) -> None:
    """Have the answers of a book looked at that came meanwhile."""
    await jobs.enqueue(tx, SETTLE, {"import_id": of.id}, tenant_id=tenant_id)


async def _ask_to_withdraw(tx: Tx, tenant_id: str, of: Import, at: datetime) -> None:
    """Ask the book of an import to take back what is left of it."""
    await store.forget_withdrawal(tx, of.id)
    await outbox.add(
        tx,
        codec.withdrawn(tenant_id, of, of.undone_by or of.uploaded_by),
        tenant_id=tenant_id,
        key=codec.import_key(tenant_id, of.id),
        cause=f"{of.id}/{of.version}",
        label="withdrawn",
        at=at,
        import_id=of.id,
    )


def refused(found: Dependants) -> Problem:
    """Return the 409 that names what depends on an import."""
    return Problem(
        409,
        "import_in_use",
        params={"number": found.in_all},
        errors=[
            FieldProblem(f"dependants.{place}", f"depends_{one.kind}", {"value": one.label, "id": one.id})
            for place, one in enumerate(found.first)
        ],
    )


async def settle(tx: Tx, tenant_id: str, import_id: str, at: datetime) -> Import | None:
    """Move an import on as far as its book's answers allow."""
    old = await store.hold(tx, import_id)
    if old is None:
        return None
    if old.state == "undoing":
        return await _settle_undo(tx, tenant_id, old, at)
    if old.state != "committing":
        return old
    chunks, outcomes = await store.answered(tx, import_id)
    return await further(tx, tenant_id, old, outcomes, at, is_last=chunks >= old.chunks)


async def further(
    tx: Tx, tenant_id: str, old: Import, outcomes: Outcomes, at: datetime, *, is_last: bool
) -> Import:
    """Write how far a commit is, and that it is done after its last chunk."""
    wrong = old.rows - old.preview["sound"]
    counts = {
        "created": outcomes.created,
        "updated": outcomes.updated,
        "unchanged": outcomes.unchanged,
        "rejected": outcomes.rejected + wrong,
        "done": outcomes.rows + wrong,
    }
    if is_last:
        state: ImportState = "completed_with_errors" if counts["rejected"] else "completed"
        new = await store.change(tx, old.id, state=state, ended_at=at, **counts)
    else:
        new = await store.change(tx, old.id, **counts)
    await tell(tx, tenant_id, new)
    return new


async def _settle_undo(tx: Tx, tenant_id: str, old: Import, at: datetime) -> Import:
    answer = await store.withdrawal(tx, old.id)
    if answer is None:
        return old
    if answer.in_all:
        blocks = [
            Trouble(f"depends_{one.kind}", {"value": one.label, "id": one.id}) for one in answer.dependants
        ]
        state: ImportState = "completed_with_errors" if old.rejected else "completed"
        new = await store.change(
            tx, old.id, state=state, blocks=blocks, undone_at=None, undone_by=None, done=old.rows
        )
    elif answer.is_partial:
        new = await store.change(tx, old.id, done=min(old.done + answer.withdrawn, old.rows))
        await _ask_to_withdraw(tx, tenant_id, new, at)
    else:
        new = await store.change(tx, old.id, state="undone", undone_at=at, done=old.rows)
    await tell(tx, tenant_id, new)
    return new


async def fail(
    tx: Tx, tenant_id: str, import_id: str, trouble: Trouble, working: Collection[ImportState]
) -> None:
    """Say why an import cannot go on, unless it did. working: the states that it was to leave."""
    old = await store.hold(tx, import_id)
    if old is None or old.state not in working:
        return
    await tell(tx, tenant_id, await store.change(tx, import_id, state="failed", blocks=[trouble]))
    await let_next_go_on(tx, tenant_id, old)


async def ask_again(tx: Tx, tenant_id: str, of: Import, found: Mapping[str, Any]) -> None:
    """Leave a commit of which nothing went out, and show what it would do by now. found: what to write."""
    old = await store.hold(tx, of.id)
    if old is None or old.state != "committing" or old.sent:
        return
    blocks = [Trouble(BOOKS_CHANGED)]
    await tell(
        tx,
        tenant_id,
        await store.change(
            tx, of.id, state="preview", committed_at=None, committed_by=None, blocks=blocks, **found
        ),
    )
    await let_next_go_on(tx, tenant_id, old)


async def let_next_go_on(tx: Tx, tenant_id: str, of: Import) -> None:
    """Have the commits go on that wait for one whose rows have all gone out, or will not."""
    for next_id in await store.following(tx, tenant_id, of, of_any_month=of.type in rules.DATED):
        await jobs.let_go_on(tx, COMMIT, {"import_id": next_id}, tenant_id=tenant_id)


async def previewed(
    tx: Tx, tenant_id: str, import_id: str, found: Mapping[str, Any], at_version: int
) -> None:
    """Write what was found in a file, unless people have said something else of it meanwhile."""
    old = await store.hold(tx, import_id)
    if old is None or old.version != at_version:
        return
    await tell(tx, tenant_id, await store.change(tx, import_id, **found))


async def tell(tx: Tx, tenant_id: str, of: Import, work: float = 0.0) -> None:
    """Tell how far an import is. work: how far the reading of its file is, 0 to 1."""
    progress = rules.progress(of, work)
    await outbox.add(
        tx,
        codec.changed(tenant_id, of, progress),
        tenant_id=tenant_id,
        key=codec.import_key(tenant_id, of.id),
        cause=f"{of.id}/{of.version}",
        label=f"changed {of.state} {progress:.4f}",
        import_id=of.id,
    )


async def _ask(tx: Tx, tenant_id: str, kind: str, of: Import) -> None:
    await jobs.enqueue(
        tx,
        kind,
        {"import_id": of.id, "version": of.version},
        tenant_id=tenant_id,
        job_id=f"{of.id}/{of.version}",
    )


async def held(tx: Tx, principal: Principal, import_id: str) -> Import:
    """Return an import that the caller may see, and keep others from changing it; raises the 404."""
    return seen(principal, await store.hold(tx, import_id) if is_ulid(import_id) else None)


def seen(principal: Principal, found: Import | None) -> Import:
    """Return an import that is the caller's to see; who is limited to places sees their own only."""
    if found is None or (principal.locations is not None and found.uploaded_by != principal.user_id):
        raise Problem(404, "not_found")
    return found


def check_file(of: Import) -> None:
    """Raise the 410 of an import whose file was kept for long enough."""
    if of.swept_at is not None:
        raise Problem(410, "import_file_gone", params={"at": of.swept_at.date()})


def wrong_state(of: Import) -> Problem:
    """Return the 409 of what cannot be done in the state that an import is in."""
    return Problem(409, "import_state", params={"state": Word(f"state_{of.state}")})
