"""Files of facts: what they are, for which period, and their rows in canonical form.

Pure: a path in, values out; no database, no broker, no clock. `detect` says what a file holds and what has to
be asked about it, `read_rows` gives its rows under a detection. Libraries that are slow to import come on
first use.
"""

from arus_ingest.files.detecting import detect
from arus_ingest.files.reading import read_rows
from arus_ingest.files.results import (
    CellError,
    Detection,
    Evidence,
    Limits,
    Mapping,
    Question,
    TypedRow,
    Unreadable,
)

__all__ = [
    "CellError",
    "Detection",
    "Evidence",
    "Limits",
    "Mapping",
    "Question",
    "TypedRow",
    "Unreadable",
    "detect",
    "read_rows",
]
