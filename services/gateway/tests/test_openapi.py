"""One document out of many."""

from typing import Any

import pytest
from arus_gateway.openapi import ClashError, main, merge


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
