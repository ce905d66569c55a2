"""What travels over REST: what a file holds, what is asked about it, and the types of files there are."""

from collections.abc import Mapping
from typing import Any, Self

from arus_runtime.words import Language, Templates, render
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from arus_ingest.files.columns import kind_of
from arus_ingest.files.declared import FileType, labels
from arus_ingest.files.headers import named_fields
from arus_ingest.words import meant

GOLDEN_SHEET: JsonDict = {
    "sheet": 0,
    "name": "Januari",
    "type": "FUEL",
    "period": "2025-01",
    "confidence": 0.97,
    "columns": {"date": "Tanggal", "location": "Lokasi", "product": "Produk", "volume_l": "Volume (L)"},
    "headers": ["Tanggal", "Lokasi", "Produk", "Volume (L)"],
    "rows": 31,
    "encoding": None,
    "header_row": 1,
    "mapping": [
        {
            "header": "Tanggal",
            "samples": ["2025-01-10", "2025-01-11"],
            "field": "date",
            "fit": 1.0,
            "power": 0,
            "decides": False,
        },
        {
            "header": "Lokasi",
            "samples": ["Gudang A", "Gudang A"],
            "field": "location",
            "fit": 1.0,
            "power": 0,
            "decides": False,
        },
        {
            "header": "Produk",
            "samples": ["Solar", "Pertalite"],
            "field": "product",
            "fit": 1.0,
            "power": 0,
            "decides": False,
        },
        {
            "header": "Volume (L)",
            "samples": ["520", "305,5"],
            "field": "volume_l",
            "fit": 1.0,
            "power": 0,
            "decides": False,
        },
    ],
    "questions": [],
    "answered": [],
}


class AskedOut(BaseModel):
    """Something to be said before the rows can be used: answer it by PATCH, in `answers`, under its key."""

    key: str = Field(examples=["period"])
    code: str
    message: str
    options: list[str] = Field(
        description="What may be answered, likeliest first; empty where anything may. Of dates the order of"
        " d(ay), m(onth) and y(ear), `-swapped` where day and month are exchanged in date cells; of a column"
        " or a table below `skip` or `read`; of amounts below zero `received` or `returned`, `owed` or"
        " `owed_back`; of what amounts are counted in `thousands`, `noted` (as the note says) or `written`;"
        " of payments taken back `minus`, `refuse` or `read`.",
    )
    answer: str = Field(description="The one that is used; empty where it is still to be answered.")

    @classmethod
    def of(cls, one: Mapping[str, Any], language: Language, words: Templates) -> Self:
        """Return a question in words; a field goes by its label."""
        params = one["params"]
        if "field" in params:
            params = {**params, "field": labels()[params["field"]][language]}
        return cls(
            key=one["key"],
            code=one["code"],
            message=render(one["code"], meant(one["code"], params), language, words),
            options=one["options"],
            answer=one.get("answer", ""),
        )


class ColumnOut(BaseModel):
    """A column of a sheet: what stands in it, and which field it is taken for."""

    header: str
    samples: list[str] = Field(description="Its first two values.")
    field: str | None = Field(description="null: left out.")
    fit: float | None = Field(
        description="How well header and values fit the field, 0 to 1; 1 where your organisation said so."
    )
    power: int = Field(
        description="The power of ten that turns its numbers into the field's unit: 3 of litres under *KL*."
    )
    decides: bool = Field(
        description="It is no field, and yet decides: which amounts are below zero or in another unit, which"
        " rows are refused."
    )

    @classmethod
    def each(cls, found: Mapping[str, Any]) -> list[Self]:
        """Return the columns of a detection, in their order."""
        field_at = {place: name for name, place in found["places"].items()}
        samples = found.get("samples") or [()] * len(found["headers"])
        fits, powers = found.get("fits", {}), found.get("powers", {})
        decisive = {place for place, _ in (*found.get("turned", ()), *found.get("refused", ()))}
        decisive.add(found.get("unit_at"))
        return [
            cls(
                header=header,
                samples=list(samples[place]),
                field=field_at.get(place),
                fit=fits.get(field_at.get(place)),
                power=powers.get(field_at.get(place), 0),
                decides=place in decisive and place not in field_at,
            )
            for place, header in enumerate(found["headers"])
        ]


class SheetOut(BaseModel):
    """What one sheet, or one file of text, holds."""

    model_config = ConfigDict(json_schema_extra={"examples": [GOLDEN_SHEET]})

    sheet: int
    name: str | None
    type: str | None
    period: str | None
    confidence: float
    columns: dict[str, str] = Field(description="Field → header as it stands in the file.")
    headers: list[str]
    rows: int
    encoding: str | None
    header_row: int
    mapping: list[ColumnOut] = Field(description="Every column, in order.")
    questions: list[AskedOut]
    answered: list[AskedOut] = Field(
        description="Questions about columns that you, or your organisation for an earlier file, answered."
    )

    @classmethod
    def of(cls, place: int, found: Mapping[str, Any], language: Language, words: Templates) -> Self:
        """Return a detection as it is shown."""
        return cls(
            sheet=place,
            name=found["sheet"],
            **{
                name: found[name]
                for name in (
                    "type",
                    "period",
                    "confidence",
                    "columns",
                    "headers",
                    "rows",
                    "encoding",
                    "header_row",
                )
            },
            mapping=ColumnOut.each(found),
            questions=[AskedOut.of(one, language, words) for one in found["questions"]],
            answered=[AskedOut.of(one, language, words) for one in found.get("answered", ())],
        )


class FieldOut(BaseModel):
    """A field of a type of file, and how files call it."""

    name: str
    label: str
    kind: str
    required: bool
    instead: str = Field(description="The field that may stand in for a required one; empty: none.")
    aliases: list[str]

    @classmethod
    def each(cls, of: FileType, language: Language) -> list[Self]:
        """Return the fields that a column of a type can be, with the halves of a period in two columns."""
        return [
            cls(
                name=name,
                label=labels()[name][language],
                kind=kind_of(of, name),
                required=name in of.fields and of.fields[name].required,
                instead=of.fields[name].instead if name in of.fields else "",
                aliases=list(aliases),
            )
            for name, aliases in named_fields(of).items()
        ]


class TypeOut(BaseModel):
    """A type of file."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "FUEL",
                    "title": "Pemakaian BBM",
                    "fields": [
                        {
                            "name": "date",
                            "label": "Tanggal",
                            "kind": "date",
                            "required": True,
                            "instead": "",
                            "aliases": ["date", "tanggal"],
                        }
                    ],
                }
            ]
        }
    )

    type: str
    title: str
    fields: list[FieldOut]


class Types(BaseModel):
    """Every type of file that can be imported."""

    items: list[TypeOut]
