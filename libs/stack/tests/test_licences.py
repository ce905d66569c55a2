"""What may ship beside our own licence."""

from typing import Any

import pytest
from arus_stack.licences import refused


def bill(name: str, *licences: dict[str, Any]) -> dict[str, Any]:
    return {"components": [{"name": name, "version": "1.0", "licenses": list(licences)}]}


@pytest.mark.parametrize(
    "licence",
    [
        {"license": {"id": "MIT"}},
        {"expression": "MPL-2.0 AND (Apache-2.0 OR MIT)"},
        {"license": {"name": "License :: OSI Approved :: Apache Software License"}},
    ],
)
def test_a_permissive_licence_is_allowed(licence: dict[str, Any]) -> None:
    assert list(refused(bill("kind", licence))) == []


def test_what_takes_more_than_it_gives_is_refused_by_name() -> None:
    [line] = refused(bill("grasping", {"license": {"id": "AGPL-3.0-only"}}))
    assert line == "grasping 1.0: AGPL-3.0-only"
    [line] = refused(bill("either", {"expression": "MIT OR SSPL-1.0"}))
    assert line == "either 1.0: MIT OR SSPL-1.0"


def test_saying_nothing_is_refused() -> None:
    assert list(refused(bill("silent"))) == ["silent 1.0: no licence said"]
