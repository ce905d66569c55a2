"""The two forms differ in numbers only, the long one does what it promises, and the page names real tests."""

import ast
from pathlib import Path

from .mutations import scenarios
from .page import BROKEN, BROKEN_TEST, NOT_RUN, WHOLE, promise, with_said
from .sizes import LONG, SHORT, UNDISTURBED

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "reliability.md"


def test_the_long_form_disturbs_everything_twenty_times_under_a_million_events() -> None:
    assert LONG.keys() == SHORT.keys()
    assert all(size.times >= 20 for name, size in LONG.items() if name not in UNDISTURBED)
    assert sum(size.events for size in LONG.values()) >= 1_000_000


def test_the_page_has_a_row_of_every_test_that_says_something_and_no_other() -> None:
    saying = {
        promise(node.name)
        for file in HERE.glob("test_*.py")
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name != BROKEN_TEST
        if "say" in {argument.arg for argument in node.args.args}
    }
    assert {holds.partition(" (")[0] for holds in WHOLE.rows(PAGE.read_text("utf-8"))} == saying


def test_the_page_says_what_every_broken_runtime_did() -> None:
    assert BROKEN.rows(PAGE.read_text("utf-8")).keys() == {of.promise for of in scenarios.MUTATIONS}


def test_a_form_that_was_run_leaves_the_words_of_the_other() -> None:
    page = PAGE.read_text("utf-8")
    once = with_said(page, {"test_a_b[c]": "2 kills, 0 differences"}, is_long=False)
    assert WHOLE.rows(once)["a b (c)"] == ["2 kills, 0 differences", NOT_RUN]
    twice = with_said(once, {"test_a_b[c]": "20 kills, 0 differences"}, is_long=True)
    assert WHOLE.rows(twice)["a b (c)"] == ["2 kills, 0 differences", "20 kills, 0 differences"]
    assert {holds: said for holds, said in WHOLE.rows(twice).items() if holds != "a b (c)"} == WHOLE.rows(
        page
    )


def test_what_a_broken_runtime_did_goes_into_its_own_table() -> None:
    page = PAGE.read_text("utf-8")
    told = with_said(page, {f"{BROKEN_TEST}[the_fence,_x]": "9 differences"}, is_long=False)
    assert BROKEN.rows(told) == {**BROKEN.rows(page), "the fence, x": ["9 differences"]}
    assert WHOLE.rows(told) == WHOLE.rows(page)
