"""What ``make mutations`` takes out still stands: a list that fell behind the code would guard nothing."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from .mutations import MUTATIONS, Mutation, scenarios

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "mutation",
    [*MUTATIONS, *scenarios.MUTATIONS],
    ids=lambda mutation: mutation.promise.replace(" ", "_"),
)
def test_the_line_of_a_guarantee_stands_once_and_so_does_its_suite(mutation: Mutation) -> None:
    package = find_spec(mutation.package)
    assert package is not None
    source = (Path(package.origin or "").parent / mutation.file).read_text("utf-8")
    assert source.count(mutation.old) == 1
    assert (ROOT / mutation.suite).is_file()
