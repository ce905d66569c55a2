"""What travels over REST: imports as people follow them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self

from arus_runtime.periods import MONTH
from arus_runtime.words import Language, Templates, render
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from arus_ingest import rules
from arus_ingest.schemas.import_files import GOLDEN_SHEET, SheetOut
from arus_ingest.state import Dependant, Import, ImportState, Trouble
from arus_ingest.words import meant

_Said = Annotated[str, StringConstraints(max_length=1_000)]
ID = "01JH8PV6W4RZ3M0T5X9K2C7B1N"
PREVIEW = "9d5e3ecdeb9f1c0c0d4f5b1b4f2d6a7788f0f2f0b7a4a6d3a9f6e6c2f1c0d4e5"
GOLDEN: JsonDict = {
    "id": ID,
    "state": "preview",
    "file_name": "BBM_Gudang_A_Jan25.xlsx",
    "size_bytes": 18432,
    "sha256": "3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea",
    "type": "FUEL",
    "type_title": "Pemakaian BBM",
    "period": "2025-01",
    "sheet": 0,
    "confidence": 0.97,
    "rows": 31,
    "counts": {"created": 28, "updated": 1, "unchanged": 1, "rejected": 1},
    "done": 31,
    "progress": 1.0,
    "preview": PREVIEW,
    "blocks": [],
    "repeats": None,
    "uploaded_at": "2025-02-01T02:10:00Z",
    "uploaded_by": "01JGJ4KX7V2E9H5S8D3F6G1A0Q",
    "committed_at": None,
    "committed_by": None,
    "ended_at": None,
    "duration_s": None,
    "undone_at": None,
    "undone_by": None,
    "version": 2,
}
GOLDEN_ERROR: JsonDict = {
    "column": "Lokasi",
    "field": "location",
    "code": "unknown_reference",
    "message": "location tidak dikenal: Gudang X.",
}
GOLDEN_ROW: JsonDict = {
    "number": 2,
    "key": "2025-01-10|Gudang A|Solar|520",
    "fields": {"date": "2025-01-10", "location": "Gudang A", "product": "Solar", "volume_l": "520"},
    "before": {},
    "errors": [],
}


class Counts(BaseModel):
    """How many rows came, or would come, to what."""

    created: int
    updated: int
    unchanged: int
    rejected: int


class Block(BaseModel):
    """Why an import cannot be committed, or why it failed."""

    code: str = Field(examples=["file_repeats"])
    message: str = Field(examples=["Berkas yang sama sudah diimpor."])

    @classmethod
    def of(cls, trouble: Trouble, language: Language, words: Templates) -> Self:
        """Return it in words."""
        return cls(
            code=trouble.code,
            message=render(trouble.code, meant(trouble.code, trouble.params), language, words),
        )


class ImportRecord(BaseModel):
    """An import. In the state `preview`, counts say what a commit would do; afterwards what it did."""

    model_config = ConfigDict(json_schema_extra={"examples": [GOLDEN]})

    id: str
    state: ImportState
    file_name: str
    size_bytes: int
    sha256: str
    type: str | None
    type_title: str | None
    period: str | None = Field(description="YYYY-MM.")
    sheet: int = Field(description="Which sheet is meant, from 0.")
    confidence: float | None = Field(description="Of type and period, 0 to 1.")
    rows: int
    counts: Counts
    done: int = Field(description="Rows seen through in this state.")
    progress: float = Field(description="Of what goes on now, 0 to 1.")
    preview: str | None = Field(description="What a commit is bound to.")
    blocks: list[Block] = Field(
        description="Why it cannot be committed, or failed; `books_changed` only asks to look again."
    )
    repeats: str | None = Field(description="The standing import of the same sheet of the same file.")
    uploaded_at: dt.datetime
    uploaded_by: str
    committed_at: dt.datetime | None
    committed_by: str | None
    ended_at: dt.datetime | None
    duration_s: float | None = Field(description="From commit to its end.")
    undone_at: dt.datetime | None
    undone_by: str | None
    version: int

    @classmethod
    def of(
        cls, of: Import, progress: float, titles: Mapping[str, str], language: Language, words: Templates
    ) -> Self:
        """Return an import as people follow it. titles: what types are called."""
        meant = of.detections[of.sheet] if of.detections else None
        lasted = of.ended_at - of.committed_at if of.ended_at and of.committed_at else None
        return cls(
            id=of.id,
            state=of.state,
            file_name=of.file_name,
            size_bytes=of.size_bytes,
            sha256=of.sha256,
            type=of.type or None,
            type_title=titles.get(of.type),
            period=of.period or None,
            sheet=of.sheet,
            confidence=meant["confidence"] if meant else None,
            rows=of.rows,
            counts=Counts(
                created=of.created, updated=of.updated, unchanged=of.unchanged, rejected=of.rejected
            ),
            done=of.done,
            progress=rules.progress(of, progress),
            preview=of.preview_hash or None,
            blocks=[Block.of(block, language, words) for block in of.blocks],
            repeats=of.repeats,
            uploaded_at=of.uploaded_at,
            uploaded_by=of.uploaded_by,
            committed_at=of.committed_at,
            committed_by=of.committed_by,
            ended_at=of.ended_at,
            duration_s=round(lasted.total_seconds(), 3) if lasted else None,
            undone_at=of.undone_at,
            undone_by=of.undone_by,
            version=of.version,
        )


class Imports(BaseModel):
    """The imports that the files of one request became, in the order sent."""

    items: list[ImportRecord]


class ImportDetail(ImportRecord):
    """An import with what was found in its file."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**GOLDEN, "sheets": [GOLDEN_SHEET]}]})

    sheets: list[SheetOut]


class CellErrorOut(BaseModel):
    """What is wrong with a cell, or with a row as a whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [GOLDEN_ERROR]})

    column: str | None = Field(description="Its header.")
    field: str
    code: str
    message: str


class SampleRow(BaseModel):
    """A row as a preview shows it. fields: as read; of a row that cannot be read, its cells by header."""

    model_config = ConfigDict(json_schema_extra={"examples": [GOLDEN_ROW]})

    number: int = Field(description="Its line in the file, the first is 1.")
    key: str
    fields: dict[str, str]
    before: dict[str, str] = Field(
        description="Of a row that changes a fact: what the import before said, while its file is kept."
    )
    errors: list[CellErrorOut]


class PreviewOut(BaseModel):
    """What a commit would do, with samples."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "preview": PREVIEW,
                    "counts": {"created": 28, "updated": 1, "unchanged": 1, "rejected": 1},
                    "create": [GOLDEN_ROW],
                    "update": [],
                    "unchanged": [],
                    "error": [{**GOLDEN_ROW, "errors": [GOLDEN_ERROR]}],
                }
            ]
        }
    )

    preview: str
    counts: Counts
    create: list[SampleRow]
    update: list[SampleRow]
    unchanged: list[SampleRow]
    error: list[SampleRow]

    @classmethod
    def of(cls, of: Import, language: Language, words: Templates) -> Self:
        """Return the preview of an import that has one."""
        meant = of.detections[of.sheet]
        samples: Mapping[str, Sequence[Mapping[str, Any]]] = of.preview["samples"]

        def shown(outcome: str) -> list[SampleRow]:
            return [_sample(one, meant, language, words) for one in samples.get(outcome, ())]

        return cls(
            preview=of.preview_hash,
            counts=Counts(
                created=of.created, updated=of.updated, unchanged=of.unchanged, rejected=of.rejected
            ),
            create=shown("created"),
            update=shown("updated"),
            unchanged=shown("unchanged"),
            error=shown("rejected") + shown("error"),
        )


def _sample(
    one: Mapping[str, Any], meant: Mapping[str, Any], language: Language, words: Templates
) -> SampleRow:
    if "e" in one:
        return SampleRow(
            number=one["n"],
            key=one["k"],
            fields=dict(zip(meant["headers"], one["o"], strict=False)),
            before={},
            errors=[
                CellErrorOut(
                    column=column or None,
                    field=field,
                    code=code,
                    message=told(code, field, column, params, language=language, words=words),
                )
                for column, field, code, params in one["e"]
            ],
        )
    columns: Mapping[str, str] = meant["columns"]
    return SampleRow(
        number=one["number"],
        key=one["key"],
        fields=_as_in_file(one["fields"], meant),
        before=_as_in_file(one.get("before", {}), meant),
        errors=[
            CellErrorOut(
                column=columns.get(error["field"]),
                field=error["field"],
                code=error["code"],
                message=told(
                    error["code"],
                    error["field"],
                    columns.get(error["field"], ""),
                    error["params"],
                    language=language,
                    words=words,
                ),
            )
            for error in one["errors"]
        ],
    )


def _as_in_file(fields: Mapping[str, str], meant: Mapping[str, Any]) -> dict[str, str]:
    """Return fields in the order of the file's columns, those without one last."""
    places: Mapping[str, int] = meant["places"]
    return {name: fields[name] for name in sorted(fields, key=lambda name: places.get(name, len(fields)))}


def told(
    code: str, field: str, column: str, params: Mapping[str, Any], *, language: Language, words: Templates
) -> str:
    """Return what is wrong with a cell in words: it is called as the file calls it."""
    said = {"value": "–", **meant(code, params), "field": column or field}
    return render(code, said, language, words)


class ImportPatch(BaseModel):
    """What you say of a file in place of what was found in it; what is left out stays, null takes it back."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"type": "FUEL", "columns": {"Pakai (L)": "volume_l"}}]},
    )

    type: Annotated[str, StringConstraints(max_length=40)] | None = None
    period: Annotated[str, StringConstraints(pattern=MONTH)] | None = Field(
        default=None, description="YYYY-MM."
    )
    sheet: int | None = Field(default=None, ge=0, le=1_000, description="Which sheet is meant, from 0.")
    columns: dict[_Said, _Said] = Field(
        default_factory=dict[str, str],
        max_length=500,
        description="Header → field, empty to leave a column out; added to what you said before."
        " Remembered for your organisation.",
    )
    answers: dict[_Said, _Said] = Field(
        default_factory=dict[str, str],
        max_length=500,
        description="To questions of the sheet, by their key; added to those before, empty takes one back.",
    )
    confirmed: bool = Field(
        default=False,
        description="What you say holds although the file says otherwise, and further sheets may stay out.",
    )
    anyway: bool = Field(
        default=False, description="Take the file although the same one was imported before."
    )


class CommitAsked(BaseModel):
    """Carry out exactly what was previewed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"preview": PREVIEW}]})

    preview: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] = Field(
        description="Of the preview you saw; when another one holds by now, nothing is done (409)."
    )


class DependantOut(BaseModel):
    """What would lose its ground."""

    kind: str = Field(examples=["import"])
    id: str
    label: str
    message: str

    @classmethod
    def of(cls, one: Dependant, language: Language, words: Templates) -> Self:
        """Return it in words."""
        params = {"value": one.label, "id": one.id}
        return cls(
            kind=one.kind,
            id=one.id,
            label=one.label,
            message=render(f"depends_{one.kind}", params, language, words),
        )


class UndoOut(BaseModel):
    """What taking an import back touches, and what keeps it from being taken back."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "counts": {"created": 28, "updated": 1, "unchanged": 1, "rejected": 1},
                    "possible": False,
                    "dependants": [
                        {
                            "kind": "read_edit",
                            "id": "01JGZ5V8Q3M4N5P6R7S8T9V0W1",
                            "label": "340100012 2025-12",
                            "message": (
                                "Bacaan meter 340100012 2025-12 sudah dikoreksi orang; "
                                "batalkan koreksinya dahulu."
                            ),
                        }
                    ],
                    "dependants_in_all": 1,
                    "missing": [],
                },
                {
                    "counts": {"created": 28, "updated": 1, "unchanged": 1, "rejected": 1},
                    "possible": None,
                    "dependants": [],
                    "dependants_in_all": 0,
                    "missing": ["metering"],
                },
            ]
        }
    )

    counts: Counts = Field(description="What it did: created is withdrawn, updated says what it said before.")
    possible: bool | None = Field(description="null: not known, because of what is missing.")
    dependants: list[DependantOut] = Field(description="The first 100 of what has to go first.")
    dependants_in_all: int
    missing: list[str] = Field(
        description="Books that do not say what depends on it: away, or not yours to look into. Undo it "
        "all the same if you wish: the book refuses if something does."
    )
