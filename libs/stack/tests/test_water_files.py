"""`arus demo water` writes what `arus import detect` reads."""

import json
from pathlib import Path

import pytest
from arus_stack.cli import app
from arus_stack.demo.water import town
from arus_stack.demo.water.town import KINDS
from typer.testing import CliRunner


def test_the_same_seed_makes_the_same_town() -> None:
    assert town(80, 6, 3).reads == town(80, 6, 3).reads


def test_every_kind_is_planted_and_look_alikes_too() -> None:
    made = town(400, 8, 1)
    planted = {kind: [one for one in made.planted if kind in one.kinds] for kind in KINDS}
    assert all(len(answers) >= 2 for answers in planted.values())
    assert {one.about for one in made.planted if not one.kinds} >= {
        "the register turned over",
        "a first read is only a base line",
        "100 m3 are not more than 100",
    }


def test_every_written_file_is_recognised(tmp_path: Path) -> None:
    words = ["--files", str(tmp_path), "--customers", "60", "--periods", "6", "--json"]
    written = json.loads(CliRunner().invoke(app, ["demo", "water", *words]).stdout)
    assert len(written["files"]) == 36
    result = CliRunner().invoke(app, ["import", "detect", *written["files"], "--json"])
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert list(found[0])[:8] == [
        "file", "type", "period", "confidence", "columns", "rows", "encoding", "header_row",
    ]  # fmt: skip
    told = [Path(one["file"]).name.replace(" ", "_").split("_")[0] for one in found]
    assert [one["type"] for one in found] == told
    assert [one["period"] for one in found] == written["periods"] * 6
    assert not any(one["questions"] for one in found)


def test_a_file_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "kosong.csv"
    path.touch()
    result = CliRunner().invoke(app, ["import", "detect", str(path), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)[0]["problem"]["code"] == "file_empty"


def test_a_question_names_the_places_that_differ(tmp_path: Path) -> None:
    path = tmp_path / "MC Desember 2025.csv"
    rows = [f"34010{n:04};Pelanggan {n};Jl. Melati {n};34;R1;{n}000" for n in range(20)]
    head = ["MASTER PELANGGAN PERIODE NOVEMBER 2025;;;;;", "NOMEN;NAMA;ALAMAT;RAYON;TARIF;REK"]
    path.write_text("\n".join([*head, *rows]), "utf-8")
    result = CliRunner().invoke(app, ["import", "detect", str(path), "--json"])
    (found,) = json.loads(result.stdout)
    (asked,) = [one for one in found["questions"] if one["key"] == "period"]
    assert "file name: December 2025" in asked["message"]
    assert "title: November 2025" in asked["message"]


@pytest.mark.parametrize("command", ["detect", "run"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, command: str) -> None:
    path = tmp_path / "tidak_ada.csv"
    result = CliRunner().invoke(app, ["import", command, str(path), "--json"])
    assert (result.exit_code, json.loads(result.stdout)["error"]) == (1, f"no such file: {path}")
