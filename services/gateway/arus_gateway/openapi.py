"""One OpenAPI document out of every service's: `python -m arus_gateway.openapi [--check]`.

Reads services/*/openapi.json and writes web/openapi.json, from which the console's client is made, and the
copy that the gateway serves at /openapi.json.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

import orjson

Document = dict[str, Any]
ROOT: Final = Path(__file__).parents[3]
TARGETS: Final = (ROOT / "web" / "openapi.json", Path(__file__).parent / "static" / "openapi.json")

_INFO: Final = {
    "title": "Arus",
    "version": "1",
    "summary": "Facts in, conclusions out: fuel, meters, kitchens, shops.",
    "description": (
        "Everything under /api/v1. Sign in with POST /auth/login and send the access token as a bearer "
        "token, or send an API key (ak_…) in its place. Failures are RFC 9457 problems; messages follow "
        "Accept-Language (id, en)."
    ),
    "license": {"name": "MIT", "identifier": "MIT"},
}
_BEARER: Final = "HTTPBearer"
"""How services let callers in; the gateway makes it of what else it takes."""
_TAKEN: Final[Mapping[str, Document]] = {
    "ApiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "An API key (ak_…)."},
    "Session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "arus_session",
        "description": "Of POST /auth/session, for browsers. Whatever is not GET, HEAD or OPTIONS needs the"
        " header X-Arus-Request as well, with any value.",
    },
}


class ClashError(Exception):
    """Two services say different things under one name."""


def merge(documents: Mapping[str, Document]) -> Document:
    """Return one document; raises ClashError for a path or operation id of two services.

    documents: by service name. Schemas of the same name that differ are renamed after their service.
    """
    paths: dict[str, Any] = {}
    components: dict[str, dict[str, Any]] = {}
    seen: dict[str, str] = {}
    for service, document in sorted(documents.items()):
        renamed = _renamings(service, document, components)
        moved = _with_references(document, renamed)
        for path, entry in moved.get("paths", {}).items():
            if path in paths:
                raise ClashError(f"{path} is answered by {service} and by another service")
            paths[path] = entry
            for operation in _operations(entry):
                operation.setdefault("tags", [service])
                operation_id: str = operation["operationId"]
                if other := seen.get(operation_id):
                    raise ClashError(f"operation {operation_id} is of {other} and of {service}")
                seen[operation_id] = service
        for kind, entries in moved.get("components", {}).items():
            for name, entry in entries.items():
                new_name = renamed.get(f"{kind}/{name}") or str(name)
                components.setdefault(kind, {})[new_name] = entry
    for entry in paths.values():
        for operation in _operations(entry):
            if {_BEARER: []} in operation.get("security", ()):
                operation["security"] = [*operation["security"], *({name: []} for name in _TAKEN)]
    if _BEARER in components.get("securitySchemes", {}):
        components["securitySchemes"] |= _TAKEN
    return {
        "openapi": "3.1.0",
        "info": _INFO,
        "servers": [{"url": "/", "description": "This gateway."}],
        "paths": dict(sorted(paths.items())),
        "components": {kind: dict(sorted(entries.items())) for kind, entries in sorted(components.items())},
    }


def _renamings(service: str, document: Document, taken: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return kind/name → new name for components that mean something else in another service."""
    return {
        f"{kind}/{name}": f"{service.capitalize()}{name}"
        for kind, entries in document.get("components", {}).items()
        for name, entry in entries.items()
        if name in taken.get(kind, {}) and taken[kind][name] != entry
    }


def _with_references(value: Any, renamed: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_with_references(inner, renamed) for inner in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    return {
        name: _reference(inner, renamed) if name == "$ref" else _with_references(inner, renamed)
        for name, inner in cast("Document", value).items()
    }


def _reference(target: str, renamed: Mapping[str, str]) -> str:
    kind_and_name = target.removeprefix("#/components/")
    if kind_and_name not in renamed:
        return target
    return f"#/components/{kind_and_name.partition('/')[0]}/{renamed[kind_and_name]}"


def _operations(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        operation
        for operation in entry.values()
        if isinstance(operation, dict) and "operationId" in operation
    ]


def main(arguments: Sequence[str]) -> int:
    """Write the merged document, or with --check say whether it is up to date."""
    found = sorted((ROOT / "services").glob("*/openapi.json"))
    merged = merge({path.parent.name: orjson.loads(path.read_bytes()) for path in found})
    text = orjson.dumps(merged, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    if "--check" in arguments:
        stale = [path for path in TARGETS if not path.exists() or path.read_bytes() != text]
        for path in stale:
            sys.stderr.write(f"{path.relative_to(ROOT)} is stale: run make openapi\n")
        return 1 if stale else 0
    for path in TARGETS:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
