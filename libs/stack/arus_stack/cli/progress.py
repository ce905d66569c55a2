"""What a person sees while the stack starts: one line a part on a terminal, one line a change elsewhere."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from arus_stack.parts import Notice, State

_MARKS = {
    State.WAITING: ("·", "dim"),
    State.WORKING: ("…", "cyan"),
    State.STARTING: ("…", "cyan"),
    State.READY: ("✓", "green"),
    State.DONE: ("✓", "green"),
    State.CRASHED: ("!", "yellow"),
    State.FAILED: ("✗", "red"),
    State.STOPPING: ("…", "dim"),
    State.STOPPED: ("■", "dim"),
}
_WORTH_A_LINE = {State.READY, State.DONE, State.CRASHED, State.FAILED, State.STOPPED}


class Progress:
    """Shows notices as they come."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._parts: dict[str, tuple[Notice, float]] = {}
        self._began = time.monotonic()
        self._live = (
            Live(console=console, refresh_per_second=8, transient=False) if console.is_terminal else None
        )

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """Leave the last picture on the screen; later notices become lines of their own."""
        if self._live:
            self._live.stop()
            self._live = None

    def show(self, notice: Notice) -> None:
        """Show one notice."""
        self._parts[notice.part] = (notice, time.monotonic() - self._began)
        if self._live:
            self._live.update(self._picture())
        elif notice.state in _WORTH_A_LINE:
            self._console.print(self._line(notice), soft_wrap=True)
        if notice.first_aid and not self._live:
            self._console.print(Text(f"  {notice.first_aid}", style="yellow"), soft_wrap=True)

    def _line(self, notice: Notice) -> Text:
        mark, style = _MARKS[notice.state]
        seconds = time.monotonic() - self._began
        said = f"{notice.state.value} {notice.detail}".strip()
        return Text.assemble((f"{mark} ", style), f"{notice.part:<12} {said}", (f"  {seconds:5.1f} s", "dim"))

    def _picture(self) -> Table:
        picture = Table.grid(padding=(0, 2))
        for notice, at in self._parts.values():
            mark, style = _MARKS[notice.state]
            detail = " ".join(filter(None, (notice.state.value, notice.detail, notice.first_aid)))
            picture.add_row(
                Text(mark, style=style), notice.part, Text(detail), Text(f"{at:5.1f} s", style="dim")
            )
        return picture
