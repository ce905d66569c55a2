"""One document out of many."""

from typing import Any

import orjson
import pytest
from arus_gateway.edge import COOKIE, HALF_OPEN, OPEN
from arus_gateway.openapi import TARGETS, ClashError, main, merge
from jsonschema import Draft202012Validator, ValidationError, validate


def document(path: str, operation: str, **schemas: Any) -> dict[str, Any]:
    reference = {"$ref": "#/components/schemas/Thing"}
    answer = {"200": {"content": {"application/json": {"schema": reference}}}}
    return {
        "paths": {path: {"get": {"operationId": operation, "responses": answer}}},
        "components": {"schemas": schemas},
    }


def test_equal_schemas_are_shared_and_different_ones_renamed_after_their_service():
    shared = {"type": "object", "title": "Shared"}
    merged = merge(
        {
            "alpha": document("/a", "a", Thing={"type": "string"}, Shared=shared),
            "beta": document("/b", "b", Thing={"type": "integer"}, Shared=shared),
        }
    )
    assert set(merged["components"]["schemas"]) == {"Thing", "BetaThing", "Shared"}
    answer = merged["paths"]["/b"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/BetaThing"}


def test_a_path_has_one_service():
    with pytest.raises(ClashError):
        merge({"alpha": document("/a", "a"), "beta": document("/a", "b")})


def test_an_operation_has_one_name():
    with pytest.raises(ClashError):
        merge({"alpha": document("/a", "same"), "beta": document("/b", "same")})


def test_the_committed_document_is_up_to_date():
    assert main(["--check"]) == 0


def test_every_credential_of_the_door_is_listed_where_one_is_needed():
    document = orjson.loads(TARGETS[0].read_bytes())
    schemes = document["components"]["securitySchemes"]
    assert {(one["type"], one.get("in"), one.get("name")) for one in schemes.values()} == {
        ("http", None, None),
        ("apiKey", "header", "X-API-Key"),
        ("apiKey", "cookie", COOKIE),
    }
    for path, operations in document["paths"].items():
        for operation in operations.values():
            needed = [] if path in OPEN | {HALF_OPEN} else sorted(schemes)
            assert sorted(name for one in operation.get("security", ()) for name in one) == needed, path


def fits(document: dict[str, Any], schema: dict[str, Any], example: Any) -> bool:
    whole = {name: part for name, part in schema.items() if name != "examples"}
    try:
        validate(example, {**whole, "components": document["components"]}, Draft202012Validator)
    except ValidationError:
        return False
    return True


def test_every_example_fits_its_schema():
    document = orjson.loads(TARGETS[0].read_bytes())
    shown = [
        (name, schema, example)
        for name, schema in document["components"]["schemas"].items()
        for example in schema.get("examples", ())
    ]
    shown += [
        (operation["operationId"], content["schema"], example)
        for path in document["paths"].values()
        for operation in path.values()
        for content in operation.get("requestBody", {}).get("content", {}).values()
        for example in content["schema"].get("examples", ())
    ]
    assert len(shown) > 50
    assert [name for name, schema, example in shown if not fits(document, schema, example)] == []


def test_every_body_has_an_example():
    document = orjson.loads(TARGETS[0].read_bytes())
    schemas = document["components"]["schemas"]
    bare = [
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
        if (content := operation.get("requestBody", {}).get("content", {}).get("application/json"))
        and not any(
            "examples" in schema or "examples" in schemas.get(schema.get("$ref", "").rpartition("/")[2], {})
            for schema in (content["schema"], *content["schema"].get("anyOf", ()))
        )
    ]
    assert bare == []
