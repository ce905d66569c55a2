"""The types of files, as declared in types/*.yaml."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

import yaml

Kind = Literal["text", "code", "integer", "decimal", "money", "date", "period"]
NUMERIC: Final = frozenset({"integer", "decimal", "money"})
MONEY_SCALE: Final = 2
_UNIT_OF: Final = {"money": "rp", "decimal": "m3"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a type.

    instead: a field that may stand in for a required one. excuse: one that says, row by row, why a required
    one is empty. unit: what a number counts, by units.UNITS. bounds: of a number its least and greatest
    value, of a code its least and greatest length. weight: how telling its presence is for the type. of_file:
    whether it tells the file's period; "latest": its greatest value does.
    """

    name: str
    kind: Kind
    required: bool
    instead: str
    excuse: str
    scale: int
    unit: str
    bounds: tuple[int, int] | None
    weight: float
    of_file: bool | Literal["latest"]
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileType:
    """One type of file: what it is called, its fields, its natural key.

    unlike: what names, titles and headers say of facts that look the same and are of no type.
    credit_positive: whether an amount marked CR is money received, rather than owed back. several_without: a
    field without which equal rows of a file are several facts, as always where the type has no such field;
    "": they are one. one_of: fields of which a fact needs one.
    """

    name: str
    titles: dict[str, str]
    named: tuple[str, ...]
    unlike: tuple[str, ...]
    key: tuple[str, ...]
    credit_positive: bool
    several_without: str
    one_of: tuple[str, ...]
    fields: dict[str, Field]


@cache
def types() -> dict[str, FileType]:
    """Return every type by name, in the order people meet them."""
    folder = files("arus_ingest.files").joinpath("types")
    shared: dict[str, list[str]] = yaml.safe_load(folder.joinpath("fields.yaml").read_text("utf-8"))
    names = ("MC", "COLLECTION", "SBRS", "MB", "MAINBILL", "ARDEBT", "FUEL")
    return {
        name: _type(name, yaml.safe_load(folder.joinpath(f"{name}.yaml").read_text("utf-8")), shared)
        for name in names
    }


@cache
def labels() -> dict[str, dict[str, str]]:
    """Return what fields are called: name → language → label."""
    return yaml.safe_load(files("arus_ingest.files").joinpath("types", "labels.yaml").read_text("utf-8"))


def _type(name: str, declared: dict[str, Any], shared: dict[str, list[str]]) -> FileType:
    own: dict[str, list[str]] = declared["aliases"]
    return FileType(
        name=name,
        titles=declared["title"],
        named=tuple(declared["named"]),
        unlike=tuple(declared.get("unlike", ())),
        key=tuple(declared["key"]),
        credit_positive=declared["credit"] == "positive",
        several_without=declared.get("several_without", ""),
        one_of=tuple(declared.get("one_of", ())),
        fields={
            field: Field(
                name=field,
                kind=said["kind"],
                required=said.get("required", False),
                instead=said.get("instead", ""),
                excuse=said.get("excuse", ""),
                scale=said.get("scale", {"money": MONEY_SCALE}.get(said["kind"], 0)),
                unit=said.get("unit", _UNIT_OF.get(said["kind"], "")),
                bounds=tuple(said["bounds"]) if "bounds" in said else None,
                weight=said["weight"],
                of_file=said.get("of_file", False),
                aliases=(field.replace("_", " "), *(own.get(field) or shared[field])),
            )
            for field, said in declared["fields"].items()
        },
    )
