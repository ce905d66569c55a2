"""Lists are read page by page: a limit, a cursor, and the cursor of the page after."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel

from arus_runtime.cursor import Value, decode, encode

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 500

T = TypeVar("T")
R = TypeVar("R")


class Page(BaseModel, Generic[T]):
    """One page of a list; next_cursor is null on the last one."""

    items: list[T]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a list that is asked for."""

    limit: int
    cursor: str | None

    @property
    def fetch(self) -> int:
        """How many rows to read: one more than shown tells whether there is a next page."""
        return self.limit + 1

    def after(self, *kinds: type[Value]) -> tuple[Any, ...] | None:
        """Return the position to go on from, None at the start; raises BadCursorError (422)."""
        return decode(self.cursor, *kinds) if self.cursor is not None else None

    def page(
        self, rows: Sequence[R], item: Callable[[R], T], position: Callable[[R], tuple[Value, ...]]
    ) -> Page[T]:
        """Return the page of the rows that ``fetch`` brought; position gives a row's sort key."""
        shown = rows[: self.limit]
        more = len(rows) > self.limit
        return Page(
            items=[item(row) for row in shown],
            next_cursor=encode(*position(shown[-1])) if more else None,
        )


async def _window(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Most items of one page.")] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=1000, description="next_cursor of the page before.")
    ] = None,
) -> Window:
    return Window(limit, cursor)


Paging = Annotated[Window, Depends(_window)]
"""A route's parameter that brings ?limit=&cursor=."""
