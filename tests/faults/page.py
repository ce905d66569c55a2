"""The tables of docs/reliability.md: what each scenario said when it last ran, whole and broken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

PAGE: Final = "ARUS_RELIABILITY_PAGE"
"""The variable that names the page to write into."""
NOT_RUN: Final = "not run yet"
BROKEN_TEST: Final = "test_a_scenario_reports_differences_without"
"""What it says belongs into the table of broken runtimes."""


class Table(NamedTuple):
    """A table of the page, between two markers: a row for each promise, a column for each way to run it."""

    markers: tuple[str, str]
    columns: tuple[str, ...]

    def rows(self, page: str) -> dict[str, list[str]]:
        """Return what a page says: by the first column, what the others say."""
        table = page.partition(self.markers[0])[2].partition(self.markers[1])[0]
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
        return {promise: words for promise, *words in cells}

    def with_said(self, page: str, said: Mapping[str, str], column: int = 0) -> str:
        """Return the page with what was said in one column; what was not run keeps its words."""
        found = self.rows(page)
        for promise, line in said.items():
            found.setdefault(promise, [NOT_RUN] * (len(self.columns) - 1))[column] = line
        head = f"| {' | '.join(self.columns)} |\n{'|---' * len(self.columns)}|\n"
        table = "".join(f"| {' | '.join([promise, *words])} |\n" for promise, words in sorted(found.items()))
        before, _, rest = page.partition(self.markers[0])
        return before + self.markers[0] + head + table + self.markers[1] + rest.partition(self.markers[1])[2]


WHOLE: Final = Table(
    ("<!-- reliability: made by `make reliability` -->\n", "<!-- end of reliability -->\n"),
    ("what must hold", "the short form said", "the long form said"),
)
BROKEN: Final = Table(
    ("<!-- broken: made by `make faults-broken` -->\n", "<!-- end of broken -->\n"),
    ("what was taken out, and the scenario", "the scenario then said"),
)


def promise(test: str) -> str:
    """Return what a test's name says: `test_a_b[c]` → `a b (c)`; of a broken runtime its parameter alone."""
    name, _, parameter = test.partition("[")
    parameter = parameter.rstrip("]")
    if name == BROKEN_TEST:
        return parameter.replace("_", " ")
    said = name.removeprefix("test_").replace("_", " ")
    return f"{said} ({parameter})" if parameter else said


def with_said(page: str, said: Mapping[str, str], *, is_long: bool) -> str:
    """Return the page with what tests of one form said, by the tests' names."""
    broken = {promise(test): line for test, line in said.items() if test.startswith(BROKEN_TEST)}
    whole = {promise(test): line for test, line in said.items() if not test.startswith(BROKEN_TEST)}
    return BROKEN.with_said(WHOLE.with_said(page, whole, column=int(is_long)), broken)
