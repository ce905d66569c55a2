"""Read a file in a process of its own: what it holds, and its rows as the rest of the flow takes them.

The rows are written down once, so that what is committed is what was previewed, whatever happens to the
reader in between: gzipped JSON lines of ``n`` (number), ``k`` (key), ``o`` (cells as shown), and of a sound
row ``f`` (fields) and ``i`` (which of the rows under its key), of another one ``e``: a list of
``[column, field, code, params]``.
"""

import gzip
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import orjson
from arus_runtime.isolated import Report

from arus_ingest.files import Detection, Unreadable, detect, read_rows
from arus_ingest.files.declared import types
from arus_ingest.files.results import CellError, TypedRow

SAMPLES: Final = 20
_REPORT_EVERY: Final = 2_000


def analyse(params: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Return what the file holds (detections, sheet, rows, sound, wrong, samples), or why it is unreadable.

    params: path, and the file's own name; rows (where they are written, null: only say what it holds);
    type, period and sheet as people say, null where they say nothing; mappings, meanings and answers as
    ``detect`` takes them. Rows are read when nothing is left to ask about the sheet.
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
        sheet = _meant(found, params["sheet"])
        answer: dict[str, Any] = {"detections": [asdict(one) for one in found], "sheet": sheet}
        meant = found[sheet]
        if meant.type is None or meant.questions or params["rows"] is None:
            return answer
        return answer | _read(path, meant, Path(params["rows"]), report)
    except Unreadable as error:
        return {"unreadable": {"code": error.code, "params": dict(error.params)}}


def _meant(found: list[Detection], said: int | None) -> int:
    """Return which sheet is meant: the one that people say, else the one most surely of a type."""
    if said is not None and said < len(found):
        return said
    return max(
        range(len(found)), key=lambda at: (found[at].type is not None, found[at].confidence, found[at].rows)
    )


class _Under:
    """The sound rows of a file by their keys, each remembered by a hash of what it says."""

    __slots__ = ("_column", "_said", "_several_without")

    def __init__(self, meant: Detection) -> None:
        assert meant.type is not None
        kind = types()[meant.type]
        name = next((name for name in kind.key if name in meant.columns), kind.key[0])
        self._column = meant.columns.get(name, name), name
        self._several_without = kind.several_without
        self._said: dict[str, int | list[int]] = {}

    def place(self, row: TypedRow) -> int | CellError:
        """Return which of the rows under its key a row is, from 1; an error where it repeats one of them."""
        said = hash(tuple(row.fields.items()))
        known = self._said.get(row.key)
        if known is None:
            self._said[row.key] = said
            return 1
        if isinstance(known, int):
            known = self._said[row.key] = [known]
        if said in known and (not self._several_without or row.fields.get(self._several_without)):
            return CellError(*self._column, "row_repeats", {})
        known.append(said)
        return len(known)


def _read(path: Path, meant: Detection, rows: Path, report: Report) -> dict[str, Any]:
    number = sound = 0
    under = _Under(meant)
    samples: list[dict[str, Any]] = []
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
            out.write(orjson.dumps(line) + b"\n")
            if number % _REPORT_EVERY == 0:
                report(min(number / max(meant.rows, number), 1.0), str(number))
    return {"rows": number, "sound": sound, "wrong": number - sound, "samples": samples}
