"""`arus anomaly bench` speaks JSON on standard output and to people elsewhere."""

import json
from pathlib import Path

import pytest
from arus_stack.cli import app
from typer.testing import CliRunner


@pytest.fixture
def stream(tmp_path: Path) -> Path:
    rows = [
        f"2025-05-01 {at // 60:02}:{at % 60:02}:00,{20 + at % 7 + 90 * (at == 300)},{int(295 <= at < 310)}"
        for at in range(400)
    ]
    (tmp_path / "tank__one.csv").write_text("\n".join(["timestamp,value,label", *rows]), "utf-8")
    return tmp_path


def test_one_document_on_standard_output(stream: Path) -> None:
    result = CliRunner().invoke(app, ["anomaly", "bench", str(stream), "--json"])
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["nab_standard"] > 50
    assert "learned: 1 files" in result.stderr


def test_people_get_a_table(stream: Path) -> None:
    result = CliRunner().invoke(app, ["anomaly", "bench", str(stream)])
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()[:3]] == [
        "detector",
        "learned",
        "ratio_rule",
    ]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ([], "a file of many keys needs --domain"),
        (["--domain", "fuel"], "lacks key"),
    ],
)
def test_what_cannot_be_measured_is_refused(stream: Path, words: list[str], problem: str) -> None:
    file = str(stream / "tank__one.csv")
    result = CliRunner().invoke(app, ["anomaly", "bench", file, *words, "--json"])
    assert result.exit_code == 1
    assert problem in json.loads(result.stdout)["error"]
