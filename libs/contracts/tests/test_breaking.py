"""A change that would break a reader is seen before it is merged."""

import shutil
import subprocess
from pathlib import Path

import pytest
from arus_contracts.generate.breaking import breaks
from arus_contracts.generate.paths import PROTOS


def git(repository: Path, *arguments: str) -> None:
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", "-C", str(repository), *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-b", "main")
    shutil.copytree(PROTOS, tmp_path / "protos")
    return tmp_path


def commit(repository: Path) -> None:
    git(repository, "add", ".")
    git(repository, "commit", "-m", "contracts")


def edit(repository: Path, old: str, new: str) -> None:
    events = repository / "protos/arus/fuel/v1/events.proto"
    events.write_text(events.read_text("utf-8").replace(old, new), "utf-8")


def test_the_first_commit_breaks_nothing(repository: Path) -> None:
    assert not breaks(repository)


def test_a_new_field_breaks_nothing(repository: Path) -> None:
    commit(repository)
    edit(repository, "string recorded_by = 8;", "string recorded_by = 8;\n  string pump = 9;")
    assert not breaks(repository)


def test_a_field_that_changes_its_number_breaks_its_readers(repository: Path) -> None:
    commit(repository)
    edit(repository, "int64 volume_ul = 6;", "int64 volume_ul = 16;")
    assert breaks(repository)


def test_a_clone_that_has_only_the_remote_branch_is_enough(repository: Path, tmp_path: Path) -> None:
    commit(repository)
    clone = tmp_path / "clone"
    git(repository, "clone", "--depth=1", repository.as_uri(), str(clone))
    git(clone, "checkout", "--detach")
    git(clone, "branch", "-D", "main")
    edit(clone, "int64 volume_ul = 6;", "string volume_ul = 6;")
    assert breaks(clone)


def test_outside_a_repository_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(subprocess.CalledProcessError):
        breaks(tmp_path)
