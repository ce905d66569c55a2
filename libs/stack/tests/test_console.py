"""The console is built when its sources changed, and only then."""

import json
from pathlib import Path

import pytest
from arus_stack import console, house
from arus_stack.errors import ServerFailed

BUILD = "const fs=require('fs'); fs.mkdirSync('dist',{recursive:true}); fs.appendFileSync('dist/built', 'x')"


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(house, "root", lambda: tmp_path)
    monkeypatch.setenv("ARUS_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / "node_modules").mkdir()
    return folder


def declare(web: Path, script: str) -> None:
    package = {"name": "console", "version": "1.0.0", "scripts": {"build": f'node -e "{script}"'}}
    (web / "package.json").write_text(json.dumps(package))
    (web / "package-lock.json").write_text(
        json.dumps({"name": "console", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {}}})
    )


def build(web: Path) -> list[str]:
    said: list[str] = []
    console.build(web.parent / "console.log", said.append)
    return said


def test_the_same_sources_are_built_once_and_changed_ones_again(web: Path) -> None:
    declare(web, BUILD)
    build(web)
    build(web)
    assert (web / "dist" / "built").read_text() == "x"
    (web / "main.ts").write_text("export {}")
    build(web)
    assert (web / "dist" / "built").read_text() == "xx"


def test_a_failing_build_says_where_its_words_are_and_is_tried_again(web: Path) -> None:
    declare(web, "console.error('no such colour'); process.exit(3)")
    for _ in range(2):
        with pytest.raises(ServerFailed) as failure:
            build(web)
        assert "arus logs console" in failure.value.first_aid
    assert "no such colour" in (web.parent / "console.log").read_text()


def test_without_a_console_the_rest_may_start(web: Path) -> None:
    assert "no web/package.json" in build(web)[-1]
