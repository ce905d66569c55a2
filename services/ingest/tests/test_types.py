"""The declared types: sound in themselves, and the page that lists them."""

from pathlib import Path

import pytest
from arus_ingest.files import headers
from arus_ingest.files.declared import FileType, labels, types
from arus_ingest.files.detecting import detect
from arus_ingest.files.reading import read_rows
from arus_ingest.mending import write_template

PAGE = Path(__file__).resolve().parents[3] / "docs" / "imports.md"
MARK = "<!-- types: kept by services/ingest/tests/test_types.py -->"


def row(kind: FileType) -> str:
    fields = ", ".join(f"**{one.name}**" if one.required else one.name for one in kind.fields.values())
    return f"| {kind.name} | {kind.titles['id']} | {fields} | {', '.join(kind.key)} |"


def listed() -> str:
    head = ["| type | | fields | natural key |", "|---|---|---|---|"]
    return "\n".join([MARK, "", *head, *map(row, types().values()), ""])


def test_the_page_lists_every_type() -> None:
    assert PAGE.read_text("utf-8").partition(MARK)[2] == listed().partition(MARK)[2], listed()


@pytest.mark.parametrize("kind", types().values(), ids=lambda kind: kind.name)
def test_a_type_is_sound(kind: FileType) -> None:
    assert set(kind.key) <= kind.fields.keys()
    assert any(field.required for field in kind.fields.values())
    assert set(kind.titles) == {"id", "en"}
    assert all(set(labels()[name]) == {"id", "en"} for name in headers.named_fields(kind))


@pytest.mark.parametrize("kind", types().values(), ids=lambda kind: kind.name)
def test_the_first_name_of_a_field_means_that_field(kind: FileType) -> None:
    for field in kind.fields.values():
        best = max(
            (one for one in headers.near(field.aliases[1]) if one.type == kind.name),
            key=lambda one: one.score,
        )
        assert best.field == field.name


@pytest.mark.parametrize("kind", types().values(), ids=lambda kind: kind.name)
def test_a_sample_is_read_as_what_it_is_and_without_errors(kind: FileType, tmp_path: Path) -> None:
    path = tmp_path / "contoh.xlsx"
    write_template(path, kind, with_rows=True)
    (found,) = detect(path)
    assert (found.type, found.period, found.questions) == (kind.name, "2025-12", ())
    rows = list(read_rows(path, found))
    assert [row.errors for row in rows] == [()] * 3
