"""What reading files gives: detections, questions, rows, errors."""

import collections.abc
from dataclasses import dataclass, field
from typing import Final, Literal

EvidenceOf = Literal["type", "period"]
Source = Literal["columns", "dates", "title", "sheet", "file name", "named"]

Mapping = collections.abc.Mapping[str, collections.abc.Mapping[str, str]]
"""What an organisation taught: type → header as it stands in its files → field ("": leave it out)."""

MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read; what is larger is refused."""

    size_bytes: int = 2_000 * MEGABYTE
    unpacked_bytes: int = 8_000 * MEGABYTE
    unpacked_ratio: int = 200  # of what a workbook unpacks to, once that is more than 100 MB
    rows: int = 5_000_000
    columns: int = 500
    sheets: int = 100


class Unreadable(Exception):  # noqa: N818 - a finding about a file, not a fault
    """A file cannot be read at all; `code` names a sentence of problems.yaml, `params` fill it."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(f"{code} {params}")
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a type or a period is believed: where it stood, what it says, how strongly (0 to 1)."""

    of: EvidenceOf
    source: Source
    value: str
    strength: float


@dataclass(frozen=True, slots=True)
class Question:
    """Something a person has to say before the rows may be used.

    key: what `answers` of detect() is keyed by, for example "type" or "notation:Nominal". options: the
    answers that are possible, most likely first; empty where any value may be given. `code` names a sentence
    of problems.yaml. answer: the one that was given, which is used; "" where it is still to be answered.
    """

    key: str
    code: str
    options: tuple[str, ...] = ()
    params: dict[str, str] = field(default_factory=dict[str, str])
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Detection:
    """What one sheet, or one file of text, holds.

    columns: field → header as it stands in the file. notations: field → how its column writes numbers
    ("1.234,56", "1,234.56", "plain") or dates ("dmy", "mdy"). places: field → index of its column.
    fits: field → how well its header and cells fit it, 0 to 1. samples: of each column, its first two values.
    header_row: 1-based, the last line of the header; 0 without one. encoding is None for workbooks.
    powers: field → the power of ten that turns its numbers into the field's unit (KL into L: 3), where it is
    not 0. title_power: the one that a title says of all amounts. unit_at: the column that says in what unit a
    row's volumes are. turned, refused: (column, what it says) of rows whose amounts are below zero, or are
    refused. whole: rows below the header of another table are facts, too. is_guess: too little is told of the
    type to use it unasked. widths: field → how many digits its codes have, filled up with noughts. rayon: the
    one that names and titles say where no column does; else "". answered: questions about columns with the
    answers that it goes by.
    """

    file: str
    sheet: str | None
    type: str | None
    period: str | None
    confidence: float
    columns: dict[str, str]
    rows: int
    encoding: str | None
    header_row: int
    questions: tuple[Question, ...]
    evidence: tuple[Evidence, ...]
    notations: dict[str, str]
    places: dict[str, int]
    headers: tuple[str, ...]
    separator: str | None = None
    repaired: bool = False
    negative_marks: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    fits: dict[str, float] = field(default_factory=dict[str, float])
    samples: tuple[tuple[str, ...], ...] = ()
    powers: dict[str, int] = field(default_factory=dict[str, int])
    title_power: int = 0
    whole: bool = False
    unit_at: int | None = None
    turned: tuple[tuple[int, str], ...] = ()
    refused: tuple[tuple[int, str], ...] = ()
    is_guess: bool = False
    widths: dict[str, int] = field(default_factory=dict[str, int])
    rayon: str = ""
    answered: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class CellError:
    """One cell that cannot be taken: `column` is its header; `code` and `params` make the sentence."""

    column: str
    field: str
    code: str
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class TypedRow:
    """One row of facts.

    number: its line in the file, the first is 1 (in text files with line breaks inside quotes: of its last
    line). key: its natural key as text. fields: canonical, decimals with a point, dates YYYY-MM-DD, periods
    YYYY-MM; what is empty or wrong is absent. original: the cells as shown.
    """

    number: int
    key: str
    fields: dict[str, str]
    original: tuple[str, ...]
    errors: tuple[CellError, ...]
