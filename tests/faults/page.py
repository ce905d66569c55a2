"""The table of docs/reliability.md: what each scenario said when it last ran, in either form."""

from __future__ import annotations

from collections.abc import Mapping

MARKERS = ("<!-- reliability: made by `make reliability` -->\n", "<!-- end of reliability -->\n")
HEAD = "| what must hold | the short form said | the long form said |\n|---|---|---|\n"
NOT_RUN = "not run yet"


def sentence(test: str) -> str:
    """Return what a test's name says: `test_a_b[c]` → `a b (c)`."""
    name, _, parameter = test.partition("[")
    said = name.removeprefix("test_").replace("_", " ")
    return f"{said} ({parameter.rstrip(']')})" if parameter else said


def rows(page: str) -> dict[str, list[str]]:
    """Return what a page says: by what must hold, the short form's words and the long form's."""
    table = page.partition(MARKERS[0])[2].partition(MARKERS[1])[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    return {holds: words for holds, *words in cells}


def with_said(page: str, said: Mapping[str, str], *, is_long: bool) -> str:
    """Return the page with what tests of one form said; what was not run keeps its words."""
    found = rows(page)
    for test, line in said.items():
        found.setdefault(sentence(test), [NOT_RUN, NOT_RUN])[is_long] = line
    table = "".join(f"| {' | '.join([holds, *words])} |\n" for holds, words in sorted(found.items()))
    head, _, rest = page.partition(MARKERS[0])
    return head + MARKERS[0] + HEAD + table + MARKERS[1] + rest.partition(MARKERS[1])[2]
