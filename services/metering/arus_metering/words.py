"""Sentences of the metering service, beside the runtime's."""

from functools import cache
from importlib.resources import files

import yaml
from arus_runtime.words import Templates


@cache
def templates() -> Templates:
    """Return code → language → sentence."""
    return yaml.safe_load(files("arus_metering").joinpath("problems.yaml").read_text("utf-8"))
