"""Sentences of the notify service, beside the runtime's."""

from functools import cache
from importlib.resources import files

import yaml
from arus_runtime.words import Templates


@cache
def templates() -> Templates:
    """Return code → language → sentence."""
    return yaml.safe_load(files("arus_notify").joinpath("problems.yaml").read_text("utf-8"))
