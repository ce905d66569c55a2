"""The older facts of one key: pages, and one page of contents that says where each begins."""

from collections.abc import Iterator
from itertools import chain
from typing import Final, NamedTuple

from arus_runtime.worker import Pages

from arus_anomaly.state.rows import NO_ID, Fact, Rows, recorded_day

PAGE_MAX: Final = 64
"""28 bytes a fact: a page fits a PostgreSQL row as it is; past 2 kB it would be compressed."""
CONTENTS: Final = "contents"


class Archive(NamedTuple):
    """Facts older than the hot ones, in pages that are loaded when they are asked for.

    The contents hold one row per page: a bound that no fact of the page stands before, and its number.
    """

    pages: Pages[Rows]
    last_number: int = 0
    """The highest page number given so far; 0: nothing was ever archived."""
    highest_id: bytes = NO_ID
    """A higher id is not here."""
    held_contents: Rows | None = None
    held_page: tuple[int, Rows] | None = None
    """Contents and newest page as last written, so that moving facts here reads nothing."""

    def contents(self) -> Rows:
        """Return where each page begins."""
        if self.held_contents is not None:
            return self.held_contents
        return (self.pages[CONTENTS] if self.last_number else None) or Rows.empty()

    def page(self, number: int) -> Rows:
        """Return one page."""
        if self.held_page is not None and self.held_page[0] == number:
            return self.held_page[1]
        return self.pages[str(number)] or Rows.empty()

    def find(self, fact_id: bytes) -> Fact | None:
        """Return the fact with this id; pages whose dates are near the id's own time are searched first."""
        if fact_id > self.highest_id:
            return None
        contents = self.contents()
        likely = _page_of(contents, Fact(recorded_day(fact_id) + 2, NO_ID, 0))
        for position in chain(
            range(min(likely, len(contents) - 1), -1, -1), range(likely + 1, len(contents))
        ):
            if found := self.page(contents.value(position)).find(fact_id):
                return found
        return None

    def since(self, fact: Fact) -> Iterator[Fact]:
        """Yield the facts from this one's place on, oldest first."""
        contents = self.contents()
        for position in range(_page_of(contents, fact), len(contents)):
            page = self.page(contents.value(position))
            yield from page.between(page.place(fact), len(page))

    def until(self, fact: Fact) -> Iterator[Fact]:
        """Yield the facts before this one's place, newest first."""
        contents = self.contents()
        for position in range(min(_page_of(contents, fact), len(contents) - 1), -1, -1):
            page = self.page(contents.value(position))
            yield from page.backwards(page.place(fact))

    def with_(self, fact: Fact) -> "Archive":
        """Return this archive with a fact that stands before all hot ones; it must not be empty."""
        contents = self.contents()
        position = _page_of(contents, fact)
        page = self.page(contents.value(position)).with_(fact)
        half = len(page) if len(page) <= PAGE_MAX else len(page) // 2
        archive = self.replaced(position, page.part(0, half)).added(page.part(half))
        return archive._replace(highest_id=max(self.highest_id, fact.id))

    def without(self, fact: Fact) -> "Archive":
        """Return this archive without a fact that it has."""
        contents = self.contents()
        position = _page_of(contents, fact)
        return self.replaced(position, self.page(contents.value(position)).without(fact))

    def followed_by(self, rows: Rows) -> "Archive":
        """Return this archive with rows behind all others."""
        contents = self.contents()
        last = len(contents) - 1
        page = self.page(contents.value(last)) if contents else Rows.empty()
        highest_id = max(self.highest_id, *(rows.id(position) for position in range(len(rows))))
        fits = contents and len(page) + len(rows) <= PAGE_MAX
        archive = self.replaced(last, page.joined(rows)) if fits else self.added(rows)
        return archive._replace(highest_id=highest_id)

    def cut(self, count: int) -> tuple["Archive", Rows]:
        """Return this archive without its newest rows, and these: as many as asked for, or the last page."""
        contents = self.contents()
        if not contents:
            return self, contents
        last = len(contents) - 1
        page = self.page(contents.value(last))
        kept = max(len(page) - count, 0)
        return self.replaced(last, page.part(0, kept)), page.part(kept)

    def replaced(self, position: int, page: Rows) -> "Archive":
        """Return this archive with the page at a position replaced; an empty page leaves the contents."""
        contents = self.contents()
        bound = contents[position]
        number = bound.volume_ul
        if not page or page[0][:2] < bound[:2]:
            contents = contents.without(bound)
            if page:
                contents = contents.with_(page[0]._replace(volume_ul=number))
            return _with_page(self, number, page, contents)
        return _with_page(self, number, page)

    def added(self, page: Rows) -> "Archive":
        """Return this archive with one more page; an empty page adds nothing."""
        if not page:
            return self
        number = self.last_number + 1
        contents = self.contents().with_(page[0]._replace(volume_ul=number))
        return _with_page(self._replace(last_number=number), number, page, contents)


def _with_page(archive: Archive, number: int, page: Rows, contents: Rows | None = None) -> Archive:
    """Return the archive with a page written, and with other contents where they are given."""
    pages = archive.pages.with_(str(number), page)
    if contents is None:
        contents = archive.contents()
    else:
        pages = pages.with_(CONTENTS, contents)
    is_newest = len(contents) > 0 and contents.value(len(contents) - 1) == number
    return archive._replace(
        pages=pages, held_contents=contents, held_page=(number, page) if is_newest else archive.held_page
    )


def _page_of(contents: Rows, fact: Fact) -> int:
    """Return which page an archived fact belongs to, as a position in the contents."""
    position = contents.place(fact)
    is_first_of_page = position < len(contents) and contents[position][:2] == fact[:2]
    return position if is_first_of_page else max(position - 1, 0)
