"""Pytest: files whose tests share a whole system come first, and it ends with the last of them.

A system that nobody asks anything takes a good part of a core, which the tests after it need.
"""

from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

SHARED: Final = ("stack", "own")
"""Fixtures that give a whole system to all tests of a process."""
LONG: Final = "tests"
"""The folder of the tests that take longest: at the end one process would wait for another."""
_FILES: Final = pytest.StashKey[dict[str, set[Path]]]()
_ENDS: Final = pytest.StashKey[dict[str, Callable[[], None]]]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin with no system."""
    config.stash[_ENDS] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the files of each shared system together, before all others; within a file nothing moves."""
    files = {name: {item.path for item in items if name in _fixtures(item)} for name in SHARED}
    config.stash[_FILES] = files

    def place(item: pytest.Item) -> list[bool]:
        is_short = (config.rootpath / LONG) not in item.path.parents
        return [*(item.path not in files[name] for name in SHARED), is_short]

    items.sort(key=place)


def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: Any) -> None:
    """Remember how a system is ended, and all that was made in it."""
    if fixturedef.argname in SHARED and fixturedef.scope == "session":
        request.config.stash[_ENDS][fixturedef.argname] = partial(fixturedef.finish, request)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """End a system once the next file has no test that needs it."""
    yield
    for name, files in item.config.stash[_FILES].items():
        if item.path in files and (nextitem is None or nextitem.path not in files):
            item.config.stash[_ENDS].pop(name, lambda: None)()


def _fixtures(item: pytest.Item) -> list[str]:
    return item.fixturenames if isinstance(item, pytest.Function) else []
