"""Read a file in a process of its own: what it holds, and its rows as the rest of the flow takes them.

The rows are written down once, so that what is committed is what was previewed, whatever happens to the
reader in between: gzipped JSON lines of ``n`` (number), ``k`` (key), ``o`` (cells as shown), and of a sound
row ``f`` (fields) and ``i`` (which of the rows under its key), of another one ``e``: a list of
``[column, field, code, params]``.
"""

import gzip
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import orjson
from arus_runtime.isolated import Report

from arus_ingest import rules
from arus_ingest.files import Detection, Unreadable, detect, read_rows
from arus_ingest.files.columns import ASKED
from arus_ingest.files.declared import types
from arus_ingest.files.results import CellError, TypedRow

SAMPLES: Final = 20
_REPORT_EVERY: Final = 2_000


def analyse(params: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Return what the file holds, or why it is unreadable.

    That is detections, sheet, left_out, and where rows were read rows, sound, wrong, samples, months.
    params: path, and the file's own name; rows (where they are written, null: only say what it holds);
    type, period and the sheet's name as people say, null where they say nothing; mappings, meanings and
    answers as ``detect`` takes them; taken: sheets that were imported. left_out: (name, rows) of further
    sheets of facts that were not. months: of sound rows, in order. Rows are read when nothing is left to
    ask about the sheet.
    """
    path = Path(params["path"])
    try:
        found = detect(
            path,
            type=params["type"],
            period=params["period"],
            mappings=params["mappings"],
            meanings=params["meanings"],
            answers=params["answers"],
            name=params["name"],
        )
        taken: Collection[str] = params["taken"]
        sheet = _meant(found, params["sheet"], taken)
        meant = found[sheet]
        answer: dict[str, Any] = {
            "detections": [asdict(one) for one in found],
            "sheet": sheet,
            "left_out": [
                (one.sheet, one.rows)
                for one in found
                if one is not meant and _holds_facts(one) and one.sheet not in taken
            ],
        }
        if meant.type is None or meant.questions or params["rows"] is None:
            return answer
        return answer | _read(path, meant, Path(params["rows"]), report)
    except Unreadable as error:
        return {"unreadable": {"code": error.code, "params": dict(error.params)}}


def _meant(found: Sequence[Detection], said: str | None, taken: Collection[str]) -> int:
    """Return which sheet is meant: the one people say, else of those with facts one that is still to come."""
    names = [one.sheet for one in found]
    if isinstance(said, str):  # by its place, as the version before wrote it, it may be another one by now
        if said not in names:
            raise Unreadable("file_without_table")
        return names.index(said)
    return max(
        range(len(found)),
        key=lambda at: (
            _holds_facts(found[at]),
            names[at] not in taken,
            found[at].type is not None,
            not found[at].is_guess,
            found[at].confidence,
            found[at].rows,
        ),
    )


def _holds_facts(one: Detection) -> bool:
    """Tell whether a sheet has rows, and every column that its type cannot do without."""
    asked = f"{ASKED}:"
    is_known = one.type is not None and not one.is_guess
    return is_known and one.rows > 0 and not any(q.key.startswith(asked) for q in one.questions)


class _Under:
    """The sound rows of a file by their keys, each remembered by a hash of what it says."""

    __slots__ = ("_column", "_said", "_several_without", "_type")

    def __init__(self, meant: Detection) -> None:
        assert meant.type is not None
        kind = types()[meant.type]
        name = next((name for name in kind.key if name in meant.columns), kind.key[0])
        self._column = meant.columns.get(name, name), name
        self._type = meant.type
        self._several_without = kind.several_without
        self._said: dict[str, int | list[int]] = {}

    def place(self, row: TypedRow) -> int | CellError:
        """Return which of the rows under its key a row is, from 1; an error where it repeats one of them."""
        said = hash(tuple(row.fields.items()))
        key = rules.folded(self._type, row.key)
        known = self._said.get(key)
        if known is None:
            self._said[key] = said
            return 1
        if isinstance(known, int):
            known = self._said[key] = [known]
        if said in known and (not self._several_without or row.fields.get(self._several_without)):
            return CellError(*self._column, "row_repeats", {})
        known.append(said)
        return len(known)


def _read(path: Path, meant: Detection, rows: Path, report: Report) -> dict[str, Any]:
    number = sound = 0
    under = _Under(meant)
    samples: list[dict[str, Any]] = []
    months: set[str] = set()
    with gzip.open(rows, "wb", compresslevel=1) as out:
        for row in read_rows(path, meant):
            number += 1
            line: dict[str, Any] = {"n": row.number, "k": row.key, "o": row.original}
            place = 0 if row.errors else under.place(row)
            errors = (place,) if isinstance(place, CellError) else row.errors
            if errors:
                line["e"] = [[one.column, one.field, one.code, one.params] for one in errors]
                if len(samples) < SAMPLES:
                    samples.append(line)
            else:
                sound += 1
                line |= {"i": place, "f": row.fields}
                months.add(row.fields.get("period", meant.period or ""))
            out.write(orjson.dumps(line) + b"\n")
            if number % _REPORT_EVERY == 0:
                report(min(number / max(meant.rows, number), 1.0), str(number))
    counts = {"rows": number, "sound": sound, "wrong": number - sound}
    return {**counts, "samples": samples, "months": sorted(months)}
