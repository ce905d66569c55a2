"""Pytest, where several processes work side by side: all tests of one whole system go to one of them.

A second broker, database and six services beside them, idle for the most part, take from a small machine what
tests need.
"""

from typing import Final

import pytest
from typing_extensions import override
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

SHARING: Final = ("tests/e2e/", "tests/integration/")


class OneSystem(LoadFileScheduling):
    """Gives each file to one process, and all files of these folders to the same."""

    @override
    def _split_scope(self, nodeid: str) -> str:
        return "one system" if nodeid.startswith(SHARING) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneSystem | None:
    """Schedule files in our way."""
    return OneSystem(config, log) if config.getoption("dist") == "loadfile" else None
