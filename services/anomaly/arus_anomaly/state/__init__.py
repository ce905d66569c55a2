"""What we remember about one location and product: every standing fact, oldest first.

The newest facts are *hot*: they lie in the head of the state, with the sum of the window that ends them, so
that a fact that comes in order costs the same whatever lies behind it. Older facts lie in the *archive*:
pages of at most 64 facts, read only when a late, corrected or voided fact needs them, and one page of
contents that says where each begins.

A history is a value: what changes it returns a new one. Within a batch it also carries what the batch has
changed, so that the batch's conclusion judges each fact once.

The second opinion remembers verdicts in a watch (``watch``), and what it learned of them in ``memory``.
"""

from arus_anomaly.state.archive import CONTENTS, PAGE_MAX, Archive
from arus_anomaly.state.fuel import (
    HOT_MAX,
    WINDOW_DAYS,
    WINDOW_FACTS,
    FuelHistory,
    Window,
    new_history,
)
from arus_anomaly.state.rows import ID_BYTES, NO_ID, Fact, Rows, recorded_day
from arus_anomaly.state.watch import (
    PAGE_FACTS,
    Change,
    OpenIncident,
    Seen,
    Stretch,
    Trail,
    Watch,
    all_seen,
    new_watch,
    row,
    seen,
)

__all__ = [
    "CONTENTS",
    "HOT_MAX",
    "ID_BYTES",
    "NO_ID",
    "PAGE_FACTS",
    "PAGE_MAX",
    "WINDOW_DAYS",
    "WINDOW_FACTS",
    "Archive",
    "Change",
    "Fact",
    "FuelHistory",
    "OpenIncident",
    "Rows",
    "Seen",
    "Stretch",
    "Trail",
    "Watch",
    "Window",
    "all_seen",
    "new_history",
    "new_watch",
    "recorded_day",
    "row",
    "seen",
]
