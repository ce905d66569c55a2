"""Sentences of the metering service, beside the runtime's."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from arus_runtime.words import Language, Templates, render


@cache
def templates() -> Templates:
    """Return code → language → sentence."""
    return yaml.safe_load(files("arus_metering").joinpath("problems.yaml").read_text("utf-8"))


def say(code: str, language: Language, **params: Any) -> str:
    """Return a sentence or a column's head in one language."""
    return render(code, params, language, templates())
