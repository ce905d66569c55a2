"""What runs in the process of a report's job: facts in, a file out."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from arus_runtime.isolated import Report
from pydantic import TypeAdapter

from arus_gateway.reports.facts import Facts


def draw(params: Mapping[str, Any], report: Report) -> str:
    """Return the file of a report in base64. params: format and facts."""
    facts = TypeAdapter(Facts).validate_python(params["facts"])
    report(0.6, "")
    if params["format"] == "xlsx":
        from arus_gateway.reports.workbook import xlsx as made  # noqa: PLC0415 — only the one that is needed
    else:
        from arus_gateway.reports.printing import pdf as made  # noqa: PLC0415 — as above
    content = made(facts)
    report(0.95, "")
    return b64encode(content).decode()
