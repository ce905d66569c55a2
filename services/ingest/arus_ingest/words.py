"""Sentences of the fuel door, beside the runtime's."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from arus_runtime.words import Month, Templates, Word


@cache
def templates() -> Templates:
    """Return code → language → sentence."""
    return yaml.safe_load(files("arus_ingest").joinpath("problems.yaml").read_text("utf-8"))


def meant(code: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the parameters of a sentence about a file: numbers, months by their names, places in words."""
    match code:
        case "cell_out_of_range":
            return {**params, **{name: int(params[name].replace(",", "")) for name in ("least", "greatest")}}
        case "period_disagrees":
            return {name: Month(value) for name, value in params.items()}
        case "row_months_disagrees":
            return {"value": Month(params["value"]), "found": _months(params["found"])}
        case "question_period_disagrees" if "places" not in params:  # which the version before wrote out
            places = (Word(_source(name), {"months": _months(said)}) for name, said in params.items())
            return {"places": tuple(places)}
        case _:
            return params


def _source(name: str) -> str:
    return f"source_{name.replace(' ', '_')}"


def _months(said: str) -> tuple[Month, ...]:
    return tuple(map(Month, said.split()))
