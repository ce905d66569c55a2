"""The documents speak of things that exist: links lead somewhere, commands are in the Makefile."""

import importlib
import json
import re
import runpy
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from arus_stack.cli import app

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def committed(pattern: str) -> list[Path]:
    command = ["git", "-C", ROOT, "ls-files", pattern]
    listed = subprocess.run(command, capture_output=True, check=True, text=True)
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


PAGES = committed("*.md")


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return the anchors a page's headings get."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading) for heading in headings)
    return frozenset(heading.strip().lower().replace(" ", "-") for heading in plain)


def test_each_decision_has_a_number_of_its_own() -> None:
    numbers = [page.name[:4] for page in committed("docs/adr/*.md")]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_inside_the_repository_lead_somewhere(page: Path) -> None:
    lost: list[str] = []
    for link in LINK.findall(FENCE.sub("", page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_targets_that_are_spoken_of_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    spoken = re.findall(r"(?:^|`)make ((?:[a-z0-9-]+ ?)+)", page.read_text("utf-8"), re.MULTILINE)
    assert {word for words in spoken for word in words.split()} <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_that_are_spoken_of_exist(page: Path) -> None:
    groups = {group.name for group in app.registered_groups}
    commands = {command.name or callback_name(command.callback) for command in app.registered_commands}
    spoken = set(
        re.findall(
            r"(?:^|`)(?:ARUS_\w+=\S+ )*(?:uv run )?arus ([a-z]+)", page.read_text("utf-8"), re.MULTILINE
        )
    )
    assert spoken <= commands | groups


READ = re.compile(r"""(?:environ(?:\.get\(|\[)|envvar=)["'](ARUS_[A-Z_]+)""")
OF_THEIR_OWN = ("ARUS_BENCH_", "ARUS_FAULT_")
"""What tests and benchmarks tell the processes that they start."""


def test_what_is_read_from_the_environment_beside_the_settings_is_written_down() -> None:
    sources = [path for path in committed("*.py") if not {"migrations", "examples"} & {*path.parts}]
    read = {name for path in sources for name in READ.findall(path.read_text("utf-8"))}
    assert "ARUS_CACHE" in read
    pages = ("docs/OPERATIONS.md", "docs/configuration.md", "CONTRIBUTING.md", "Makefile")
    said = " ".join((ROOT / page).read_text("utf-8") for page in pages)
    assert [name for name in sorted(read) if not name.startswith(OF_THEIR_OWN) and name not in said] == []


def callback_name(callback: object) -> str:
    return str(getattr(callback, "__name__", "")).replace("_", "-")


def test_the_times_and_weights_written_down_are_those_that_were_measured() -> None:
    start = runpy.run_path(str(ROOT / "benchmarks/start.py"))
    page = (ROOT / "docs/OPERATIONS.md").read_text("utf-8")
    assert start["with_tables"](page, json.loads(start["RESULT"].read_text("utf-8"))) == page


def test_the_results_written_down_are_those_that_were_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(ROOT / "benchmarks"), *sys.path])
    bench = importlib.import_module("bench")
    page = (ROOT / "docs/performance.md").read_text("utf-8")
    assert importlib.import_module("page").with_all(page, bench.BENCHMARKS) == page
