"""A service's OpenAPI document: FastAPI's own, with our problems, and with examples as they were written."""

from collections.abc import Mapping
from typing import Any, Final, cast

from fastapi import FastAPI
from fastapi._compat import get_definitions, get_flat_models_from_fields, get_model_name_map
from fastapi.openapi.utils import get_fields_from_routes

from arus_runtime.web.problems import ProblemOut

PROBLEM_REF: Final = "#/components/schemas/Problem"
_SCHEMAS: Final = "#/components/schemas/"


def install(app: FastAPI) -> None:
    """Let the application's document name problems, and hold every example whole."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        document = made()
        schemas: dict[str, Any] = document.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            written = _written(app)
            _restore(document, written)
            for name, schema in written.items():
                _restore(schemas.get(name), written, schema)
            _add_problem(schemas)
        return document

    setattr(app, "openapi", openapi)  # noqa: B010 — FastAPI's documented way to extend the document


def _written(app: FastAPI) -> Mapping[str, Any]:
    """Return the schemas as pydantic makes them: FastAPI drops what is null, in examples too."""
    fields = get_fields_from_routes(app.routes)
    names = get_model_name_map(get_flat_models_from_fields(fields, known_models=set()))
    return get_definitions(fields=fields, model_name_map=names)[1]


def _restore(value: Any, written: Mapping[str, Any], source: Any = None) -> None:
    """Put examples back: those of a schema from its source, those beside a reference from what it names."""
    if isinstance(value, list):
        for index, inner in enumerate(cast("list[Any]", value)):
            _restore(inner, written, _at(source, index))
    elif isinstance(value, dict):
        entry = cast("dict[str, Any]", value)
        if "examples" in entry:
            named = written.get(str(entry.get("$ref", "")).removeprefix(_SCHEMAS))
            for examples in (_at(source, "examples"), _at(named, "examples")):
                if _without_nulls(examples) == entry["examples"]:
                    entry["examples"] = examples
                    break
        for name, inner in entry.items():
            if name != "examples":
                _restore(inner, written, _at(source, name))


def _without_nulls(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_nulls(inner) for inner in cast("list[Any]", value)]
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return {name: _without_nulls(inner) for name, inner in fields.items() if inner is not None}
    return value


def _at(source: Any, key: str | int) -> Any:
    try:
        return source[key]
    except (KeyError, IndexError, TypeError):
        return None


def _add_problem(schemas: dict[str, Any]) -> None:
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schema = ProblemOut.model_json_schema(ref_template=_SCHEMAS + "{model}")
    schemas |= {
        name.replace("FieldErrorOut", "FieldError"): part for name, part in schema.pop("$defs").items()
    }
    schema["title"] = "Problem"
    schema["properties"]["errors"]["items"] = {"$ref": _SCHEMAS + "FieldError"}
    schemas["Problem"] = schema
