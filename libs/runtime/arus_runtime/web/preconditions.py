"""ETag and If-Match: nobody overwrites what they have not seen."""

import re
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Header

from arus_runtime.web.problems import FieldProblem, Problem

_TAGS: Final = re.compile(r'(?:W/)?"([^"]*)"')


def etag(version: int) -> str:
    """Return the ETag of a record's version."""
    return f'"{version}"'


@dataclass(frozen=True, slots=True)
class IfMatchHeader:
    """What the caller believes the record's version to be; tags None means that any will do."""

    tags: frozenset[str] | None

    def check(self, version: int) -> None:
        """Return when the caller has seen this version, else raise the 412."""
        if self.tags is not None and str(version) not in self.tags:
            seen = ", ".join(sorted(self.tags)) or "–"
            stale = FieldProblem("If-Match", "stale_tag", {"value": seen, "bound": str(version)})
            raise Problem(412, "stale_version", errors=[stale], headers={"ETag": etag(version)})


async def _if_match(
    if_match: Annotated[
        str | None, Header(description="ETag of the version being changed.", examples=['"3"'])
    ] = None,
) -> IfMatchHeader:
    if if_match is None or if_match.strip() == "*":
        return IfMatchHeader(None)
    return IfMatchHeader(frozenset(_TAGS.findall(if_match)))


IfMatch = Annotated[IfMatchHeader, Depends(_if_match)]
"""A route's parameter that brings the If-Match header."""
