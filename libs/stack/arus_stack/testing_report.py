"""Pytest: what a run of tests says: a failure at once, and each test that must not be skipped.

A run that is ended from outside prints no summary; what had failed in it is known all the same.
"""

import os
import re

import pytest

MAY_BE_ABSENT = ("chromium", "mosquitto", "prometheus", "faketime", "mount")
"""Programs whose tests may be left out where they are not installed; never with CI=true."""


class Failures:
    """Tells each failure when it comes, with the end of its reason."""

    LINES = 12

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self._terminal = terminal

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Print the test, the phase, its seconds and the last lines of why it failed."""
        if not report.failed:
            return
        lines = report.longreprtext.splitlines()[-self.LINES :]
        self._terminal.write_line(
            f"\n{report.nodeid}: {report.when} failed after {report.duration:.0f} s", red=True
        )
        for line in lines:
            self._terminal.write_line(f"    {line}")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Tell failures where results are printed, which is not in the processes that run the tests."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Failures(terminal))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that `make test` uses."""
    parser.addoption(
        "--strict-skips",
        action="store_true",
        help=f"fail when a test was skipped for another reason than a missing {', '.join(MAY_BE_ABSENT)}",
    )


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name the tests that must not have been skipped."""
    for line in _forbidden_skips(config, terminalreporter):
        terminalreporter.write_line(f"SKIPPED, which --strict-skips forbids: {line}", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run when a test was skipped that must not be."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if (
        reporter is not None
        and _forbidden_skips(session.config, reporter)
        and session.exitstatus == pytest.ExitCode.OK
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _forbidden_skips(config: pytest.Config, reporter: pytest.TerminalReporter) -> list[str]:
    if not config.getoption("--strict-skips"):
        return []
    skipped: list[pytest.TestReport] = reporter.stats.get("skipped", [])
    return [f"{report.nodeid}: {reason}" for report in skipped if not allowed_skip(reason := _reason(report))]


def _reason(report: pytest.TestReport) -> str:
    found = report.longrepr
    return str(found[2]) if isinstance(found, tuple) else str(found)


def allowed_skip(reason: str) -> bool:
    """Tell whether a test may be left out for this reason."""
    names = "|".join(MAY_BE_ABSENT)
    return os.environ.get("CI") != "true" and re.search(rf"needs ({names})\b", reason.lower()) is not None
