"""What makes a fuel fact acceptable. Pure: the moment and the catalogue come in as arguments."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from arus_runtime import periods
from arus_runtime.ids import derived_id, named_id

from arus_ingest.files.columns import BILLED, answered, with_meanings
from arus_ingest.files.declared import types
from arus_ingest.state import (
    Entry,
    FuelFact,
    Import,
    ImportedRow,
    Location,
    Product,
    Said,
    StandingRow,
    Trouble,
)

UL_PER_L = 1_000_000
DECIMALS = 6
MAX_VOLUME_L = 1_000_000
BATCH_ITEMS = 10_000
CHUNK_ROWS = 500
DATED = frozenset({"COLLECTION", "MB", "FUEL"})
"""Types whose rows say their day: a row is the same in whichever file, of whichever month."""
LASTING = frozenset({"MC"})
"""Types whose facts keep what a later row leaves empty: who a customer is."""
NAMED = frozenset({"FUEL"})
"""Types whose keys hold names of places and goods: capitals make no other row."""
_KEYS = str(named_id("import keys"))

_DECIMAL = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")
_SHOWN = 40
# Whatever does not fit exactly is an error here; the default context would round at 28 digits in silence.
_EXACTLY = Context(prec=28, traps=[Inexact])
_ONE = Decimal(1)
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong, or worth a warning, in one field; `code` names the sentence, `params` fill it."""

    field: str
    code: str
    params: Mapping[str, Any]


class RefusedError(ValueError):
    """A value that can never be a fuel fact's."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def microlitres(value: object) -> int:
    """Return a volume as an exact count of microlitres.

    value: decimal text without an exponent, or a number, in litres. A float counts as the shortest decimal
    that names it: an acceptable volume has at most 13 digits, and up to 15 survive a float unharmed.
    Raises RefusedError unless 0 < volume <= 1,000,000 L with at most six decimals.
    """
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip()):
        exact = Decimal(value.strip())
    elif isinstance(value, Decimal | int) and not isinstance(value, bool):
        exact = Decimal(value)
    elif isinstance(value, float):
        exact = Decimal(repr(value))
    else:
        raise RefusedError("not_number", value=shown(value))
    if not exact.is_finite():
        raise RefusedError("not_number", value=shown(value))
    if not 0 < exact <= MAX_VOLUME_L:
        raise RefusedError("volume_out_of_range", value=shown(value), bound=MAX_VOLUME_L)
    try:
        return int(exact.scaleb(DECIMALS, _EXACTLY).quantize(_ONE, context=_EXACTLY))
    except Inexact as error:
        raise RefusedError("too_many_places", value=shown(value), decimal_places=DECIMALS) from error


def litres(volume_ul: int) -> str:
    """Return microlitres as the shortest decimal text in litres: 173333300 → "173.3333"."""
    whole, rest = divmod(volume_ul, UL_PER_L)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")


def mean_l(sum_ul: int, number: int) -> str:
    """Return the mean of so many volumes as decimal text in litres, six places half-up; number > 0."""
    return litres((2 * sum_ul + number) // (2 * number))


def change_pct(now_ul: int, before_ul: int) -> str:
    """Return by how many percent use rose (or, negative, fell), one place half away from zero; before > 0."""
    change = Decimal(100 * (now_ul - before_ul)) / before_ul
    return str(change.quantize(_TENTH, ROUND_HALF_UP) + 0)


def business_date(value: object) -> date:
    """Return the date written as YYYY-MM-DD; raises RefusedError."""
    try:
        return periods.day(value if isinstance(value, str) else "")
    except ValueError as error:
        raise RefusedError("not_date", value=shown(value)) from error


def flaws(entry: Entry, location: Location | None, product: Product | None, at: datetime) -> list[Flaw]:
    """Return why an entry cannot become a fact; empty when it can.

    location, product: as their owner states them, None when the owner denies that they exist.
    """
    found: list[Flaw] = []
    if location is None:
        found.append(Flaw("location_id", "unknown_reference", {"value": shown(entry.location_id)}))
    elif not location.is_active:
        found.append(Flaw("location_id", "inactive_reference", {"value": entry.location_id}))
    if product is None:
        found.append(Flaw("product_id", "unknown_reference", {"value": shown(entry.product_id)}))
    elif product.kind != "fuel":
        found.append(Flaw("product_id", "product_not_fuel", {"value": entry.product_id}))
    elif not product.is_active:
        found.append(Flaw("product_id", "inactive_reference", {"value": entry.product_id}))
    if location is not None:
        found += date_flaws(entry, location.timezone, at)
    return found


def entry_of(fields: Mapping[str, str], location: Location, product: Product) -> Entry:
    """Return the entry that a row of a fuel file makes; raises RefusedError."""
    return Entry(
        business_date=business_date(fields["date"]),
        location_id=location.id,
        product_id=product.id,
        volume_ul=microlitres(fields["volume_l"]),
        note=fields.get("note"),
    )


def date_flaws(entry: Entry, timezone: str, at: datetime) -> list[Flaw]:
    """Return what is wrong with an entry's date: it must not lie after today in the location's time zone."""
    today = at.astimezone(ZoneInfo(timezone)).date()
    if entry.business_date <= today:
        return []
    params = {"value": entry.business_date.isoformat(), "today": today, "timezone": timezone}
    return [Flaw("date", "future_date", params)]


def outside_scope(location_id: str) -> Flaw:
    """Return the flaw of an entry for a location that is not the caller's to write."""
    return Flaw("location_id", "outside_scope", {"value": shown(location_id)})


def duplicate(entry: Entry) -> Flaw:
    """Return the warning that the same volume of that product stands on that date at that location."""
    return Flaw(
        "volume_l", "DUPLIKAT", {"volume_l": Decimal(litres(entry.volume_ul)), "date": entry.business_date}
    )


def edit_window_closed(fact: FuelFact, at: datetime, window: timedelta) -> bool:
    """Say whether a fact was recorded too long ago to be corrected or voided."""
    return at - fact.recorded_at > window


def row_ids_of(import_id: str) -> str:
    """Return the UUID that the ids of an import's rows derive from."""
    return derived_id(import_id, "rows")


def row_id(row_ids: str, number: int) -> str:
    """Return the id of the row with this number. row_ids: of ``row_ids_of``."""
    return derived_id(row_ids, str(number))


def imported_row(
    row_ids: str, type_: str, period: str, *, number: int, key: str, which: int, fields: Mapping[str, str]
) -> ImportedRow:
    """Return a sound row of a file with its ids and its hash.

    row_ids: of ``row_ids_of``; period: of the file, for rows that say none; which: of the file's rows under
    this key, from 1.
    """
    month = "" if type_ in DATED else fields.get("period", period)
    said = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
    return ImportedRow(
        id=row_id(row_ids, number),
        number=number,
        key=key,
        key_id=key_id(type_, month, folded(type_, key), which),
        hash=sha256(said).hexdigest(),
        fields=fields,
        which=which,
    )


def listed_on(row: ImportedRow) -> date | None:
    """Return as of which day the list of a row is, None where it says none."""
    day = row.fields.get("as_of")
    return date.fromisoformat(day) if day else None


def would_change(standing: StandingRow, row: ImportedRow) -> bool:
    """Say whether a row changes what stands: it says otherwise, and its list is no older one."""
    is_late = standing.listed_on is not None and (listed_on(row) or date.min) < standing.listed_on
    return standing.hash != row.hash and not is_late


def folded(type_: str, key: str) -> str:
    """Return a natural key as rows of its type are told apart by it."""
    return key.casefold() if type_ in NAMED else key


def former_key_ids(type_: str, months: Iterable[str], row: ImportedRow) -> set[str]:
    """Return under which other ids its key may stand: with a month in it, or as its file spelt it.

    months: of files from before they were left out of keys.
    """
    spelt = {row.key, folded(type_, row.key)}
    return {key_id(type_, month, key, row.which) for month in ("", *months) for key in spelt} - {row.key_id}


def key_ids_without_bill(type_: str, months: Iterable[str], row: ImportedRow) -> set[str]:
    """Return under which ids a payment may stand of which the billed month was not read then.

    None where it has neither a receipt's nor a bill's number: it may be another one that is alike.
    months: as of ``former_key_ids``.
    """
    if not row.fields.get("receipt_number") and not row.fields.get("bill_number"):
        return set()
    names, parts = types()[type_].key, row.key.split("|")
    at = names.index(BILLED) if BILLED in names else -1
    if len(parts) != len(names) or at < 0 or not parts[at]:
        return set()
    key = "|".join(("" if place == at else part) for place, part in enumerate(parts))
    return {key_id(type_, month, key, row.which) for month in ("", *months)}


def key_id(type_: str, month: str, key: str, which: int) -> str:
    """Return the UUID of a natural key. month: of the row, empty where it is no part of it."""
    return derived_id(_KEYS, orjson.dumps([type_, month, key, which]).decode())


def chunks_of(sound: int) -> int:
    """Return how many chunks so many sound rows make."""
    return -(-sound // CHUNK_ROWS)


def preview_hash(of: Import) -> str:
    """Return what a commit is bound to: the file, what is said of it, and how it was read."""
    meant = of.detections[of.sheet] if of.detections else None
    bound = [of.sha256, of.type, of.period, of.sheet, meant, asdict(of.said)]
    return sha256(orjson.dumps(bound, option=orjson.OPT_SORT_KEYS)).hexdigest()


def hash_again(of: Import, preview: Mapping[str, Any]) -> str:
    """Return what a commit is bound to after its rows were compared once more. preview: what was found."""
    bound = [of.preview_hash, preview["counts"], preview["at"]]
    return sha256(orjson.dumps(bound, option=orjson.OPT_SORT_KEYS)).hexdigest()


def progress(of: Import, work: float) -> float:
    """Return how far what goes on with an import is, 0 to 1. work: how far the reading of its file is."""
    if of.state in ("queued", "analysed"):
        return work
    if of.state in ("committing", "undoing"):
        return min(of.done / of.rows, 1.0) if of.rows else 0.0
    return 1.0


def said(before: Said, changes: Mapping[str, Any]) -> Said:
    """Return what is said of a file by now.

    changes: of what headers mean and of answers, what is added; an empty answer takes one back. The answer to
    a question for a column says what its header means.
    """
    added = {**changes.get("answers", {})}
    meanings = with_meanings(before.columns, {**changes.get("columns", {}), **answered(added)})
    answers = {key: answer for key, answer in {**before.answers, **added}.items() if answer}
    kept = {key: answer for key, answer in answers.items() if not answered({key: answer})}
    return replace(before, **{**changes, "columns": meanings, "answers": kept})


def months_disagree(of: Import) -> list[Trouble]:
    """Return that rows name other months than the one that people say, each its own."""
    claimed = of.said.period or of.said.answers.get("period")
    if of.said.confirmed or not claimed or len(of.months or ()) <= 1:
        return []
    return [Trouble("row_months_disagrees", {"value": claimed, "found": " ".join(of.months or ())})]


def disagreements(of: Import, found: Mapping[str, Any]) -> list[Trouble]:
    """Return where people say other than the file itself. found: its detection without what they say."""
    said = of.said
    if said.confirmed:
        return []
    type_ = None if found["is_guess"] else found["type"]
    period = None if months_disagree(of) else found["period"]
    return [
        Trouble(f"{name}_disagrees", {"value": claimed, "found": itself})
        for name, claimed, itself in (("type", said.type, type_), ("period", said.period, period))
        if claimed and itself and itself != claimed
    ]


def shown(value: object) -> str:
    """Return a value as a message may show it: never a megabyte of a stranger's digits, never unprintable."""
    text = (
        value
        if isinstance(value, str)
        else str(value)
        if isinstance(value, int | float | Decimal)
        else type(value).__name__
    )
    printable = "".join(c if c.isprintable() else "?" for c in text[:_SHOWN])
    return printable + "…" if len(text) > _SHOWN else printable
