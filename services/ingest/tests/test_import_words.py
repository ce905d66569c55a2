"""What is said of an import and asked about its file names states, places and months in words."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import pytest
from arus_ingest.files import detect
from arus_ingest.schemas.import_files import AskedOut
from arus_ingest.schemas.imports import Block, told
from arus_ingest.state import ImportState, Trouble
from arus_ingest.words import templates
from arus_runtime.words import Language, Word, render


@pytest.mark.parametrize("state", get_args(ImportState))
def test_a_state_is_told_in_words(state: str) -> None:
    state_of = {"state": Word(f"state_{state}")}
    said = [render("import_state", state_of, language, templates()) for language in get_args(Language)]
    assert not any(state in sentence for sentence in said), said
    assert said[0] != said[1]


def test_places_that_name_different_months_are_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "MC Desember 2025.csv"
    head = "MASTER PELANGGAN PERIODE NOVEMBER 2025;;;;;\nNOMEN;NAMA;ALAMAT;RAYON;TARIF;REK"
    rows = [f"34010{n:04};Pelanggan {n};Jl. Melati {n};34;R1;{n}000" for n in range(20)]
    path.write_text("\n".join([head, *rows]), "utf-8")
    (found,) = detect(path)
    [asked] = [one for one in found.questions if one.key == "period"]
    assert sorted(asked.options) == ["2025-11", "2025-12"]
    said = AskedOut.of(asdict(asked), "id", templates()).message
    assert "nama berkas: Desember 2025" in said
    assert "judul: November 2025" in said
    assert "file name: December 2025" in AskedOut.of(asdict(asked), "en", templates()).message


def test_a_question_of_the_version_before_is_still_told() -> None:
    asked: dict[str, Any] = {
        "key": "period",
        "code": "question_period_disagrees",
        "options": [],
        "params": {"places": "title: 2025-11"},
    }
    assert "(title: 2025-11)" in AskedOut.of(asked, "id", templates()).message


def test_what_people_say_against_the_file_is_told_by_months() -> None:
    trouble = Trouble("period_disagrees", {"value": "2025-12", "found": "2025-11"})
    said = Block.of(trouble, "id", templates()).message
    assert said.startswith("Anda menyebut periode Desember 2025, isi berkas menunjukkan November 2025.")


def test_the_bounds_of_a_cell_are_written_as_the_reader_writes_them() -> None:
    params = {"value": "12000000", "least": "-9,000", "greatest": "10,000,000"}
    sentences: dict[Language, str] = {
        "id": "Harus -9.000 sampai 10.000.000, diterima 12000000.",
        "en": "Must be >= -9,000 and <= 10,000,000, got 12000000.",
    }
    for language, sentence in sentences.items():
        said = told("cell_out_of_range", "stand", "Stand", params, language=language, words=templates())
        assert said == sentence
