"""Which rows below a header are facts, and which are totals, repeated headers, numbering, signatures."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Self

from arus_ingest.files import columns, headers
from arus_ingest.files.dates import MONTHS
from arus_ingest.files.declared import FileType
from arus_ingest.files.tables import Cell, Row, shown
from arus_ingest.files.texts import repaired

_TOTAL: Final = re.compile(
    r"^\W*(?:grand|sub)?[\s\-]*"
    r"(?:totals?|tot|ttl|jumlah|jml|jlh|subtotal|rekap|rekapitulasi|rata[\s\-]*rata|average|sum"
    r"|(?:di)?pindahan)\b"
    r"|^\d[\w.\-/]*\s+(?:sub\s*)?total$",  # of the rows above with that number, as Excel writes it
    re.IGNORECASE,
)
_SPACED_OUT: Final = re.compile(r"\b[^\W\d_](?: [^\W\d_]){2,}\b")
_AMOUNT: Final = re.compile(
    r"\W*(?:rp|idr)?[\W\d]*(?:m3|m³|l|liter|cr|db|plg|pelanggan|sr)?\W*", re.IGNORECASE
)
_LETTER: Final = re.compile(r"[^\W\d_]")
_DIGIT: Final = re.compile(r"\d")
_OF: Final = frozenset(
    {"grand", "sub", "total", "totals", "tot", "ttl", "subtotal", "jumlah", "rekap", "rekapitulasi", "rata"}
    | {"average", "sum", "pindahan", "dipindahan"}
    | {"seluruh", "seluruhnya", "keseluruhan", "semua", "umum", "akhir", "all"}
    | {"pelanggan", "customers", "sambungan", "sr", "rekening", "tagihan", "bills", "lembar"}
    | {"data", "baris", "rows"}
    | {"halaman", "page", "of", "rayon", "periode", "bulan"}
    | {"pemakaian", "konsumsi", "consumption", "kubikasi", "volume", "air", "m3", "liter", "stand"}
)
"""Words of a total, and of what it may be of beside money."""
_CODE: Final = re.compile(r"[A-Za-z]{0,5}[\-./ ]?\d[\w\-./ ]{2,}")
_FORMULA: Final = re.compile(r"[=@][+\-]?[\w($].*|[+\-](?:\w+\(|\$?[A-Za-z]{1,3}\$?\d|\d+[+\-*/]).*")
FEW_CELLS: Final = 2
LEAST_NAMED: Final = 2
HEAD_ROWS: Final = 400
"""How many rows of a table are looked at before its facts are told from the rest."""
SAMPLE_FACTS: Final = 100


@dataclass(frozen=True, slots=True)
class Body:
    """What stands below a header, until another table begins.

    row: the last line of the header. key: the column a fact cannot do without; keyed: its type and field.
    titles: what lines above the first fact say in letters, without digits. whole: people said that what
    stands below another header belongs to it, too. coded: the keys are codes of digits, of letters at most
    before them: one of words names a group, a page or a total. lengths: of keys that are digits alone.
    counted, dated: the columns of the numbers that count and of the days that a fact cannot do without.
    width: how many cells most rows have, at least one for each column.
    """

    header: Sequence[str]
    row: int
    key: int
    keyed: tuple[str, str]
    titles: frozenset[str]
    whole: bool
    coded: bool
    lengths: frozenset[int]
    counted: Sequence[int]
    dated: Sequence[int]
    width: int

    @classmethod
    def of(
        cls,
        kind: FileType,
        header: Sequence[str],
        row: int,
        places: Mapping[str, int],
        head: Iterable[tuple[int, Row]],
        *,
        whole: bool,
    ) -> Self:
        """Return what stands below the header of a table of a type; places: of its fields; head: its rows."""
        field = columns.key_field(kind, places)
        key = places.get(field, 0)
        is_code = bool(field) and kind.fields[field].kind == "code"
        head = list(head)
        rows = (cells for number, cells in head if number > row and may_be_fact(cells, header))
        below = list(islice(rows, SAMPLE_FACTS))
        return cls(
            header,
            row,
            key,
            (kind.name, field),
            frozenset(filter(_LETTER.search, (_said(cells) for number, cells in head if number <= row))),
            whole,
            coded=is_code and _are_codes(below, key),
            lengths=frozenset(len(one) for one in _keys(below, key) if is_code and one.isdigit()),
            counted=[place for name, place in places.items() if name in columns.COUNTED],
            dated=[
                place
                for name, place in places.items()
                if name in kind.fields and kind.fields[name].required and kind.fields[name].kind == "date"
            ],
            width=max([len(header), *(width for width, _ in Counter(map(len, below)).most_common(1))]),
        )

    def facts(
        self, rows: Iterable[tuple[int, Row]], next_header: list[str] | None = None
    ) -> Iterator[tuple[int, Row]]:
        """Yield the rows that state facts, and take no more of the others than the next table's header.

        next_header: is given what that header says. Where the rows below it are facts as well and it names
        the same columns in another order, their cells are put into the order of the first one.
        """
        order: Sequence[int] = ()
        for number, cells in rows:
            if number <= self.row:
                continue
            if self._ends(cells):
                if not self.whole:
                    if next_header is not None:
                        next_header.extend(_texts(cells))
                    return
                order = self.order_under(_texts(cells))
            elif order and _repeats([text for text in _texts(cells) if text], self.header):
                order = ()
            fact = _turned(cells, order) if order else cells
            if self._states(fact):
                yield number, fact

    def order_under(self, other: Sequence[str]) -> Sequence[int]:
        """Return where each column stands under another header that names the very same ones, else ()."""
        mine = [text.strip() for text in self.header]
        theirs = [*other, *[""] * (len(mine) - len(other))]
        named = [text for text in theirs if text]
        if sorted(theirs[: len(mine)]) != sorted(mine) or any(theirs[len(mine) :]):
            return ()
        if len(set(named)) < len(named):
            return ()
        nameless = (place for place, text in enumerate(theirs) if not text)
        return [theirs.index(text) if text else next(nameless) for text in mine]

    def keys_under(self, other: Sequence[str]) -> list[int]:
        """Return the columns that another header gives the name of the key."""
        return [
            place
            for place, text in enumerate(other)
            if any(one[:2] == self.keyed for one in headers.near(text))
        ]

    def _states(self, cells: Row) -> bool:
        """Tell whether a row states a fact: it is full or has a code, else a number and what it is of."""
        first = self.key_of(cells)
        if (not first or _is_worded(first)) and not columns.is_day(first) and _said(cells) in self.titles:
            return False  # a printed page begins as the first one did
        if first.isdigit() and len(first) > FEW_CELLS:
            return len(first) in self.lengths or is_fact(cells, self.key, self.header)
        full = {place: cell for place, cell in enumerate(cells) if shown(cell).strip()}
        is_lone_day = self.coded and len(full) == 1 and columns.is_day(first)
        if len(full) > FEW_CELLS or not (is_lone_day or not first or self.is_strange(cells)):
            return is_fact(cells, self.key, self.header)
        return self._counts(full) and not any(_is_called_total(shown(cell)) for cell in full.values())

    def _counts(self, full: Mapping[int, Cell]) -> bool:
        """Tell whether a number that counts stands beside a day or words. full: cells by their columns."""
        counted = any(columns.is_number(full[place]) for place in self.counted if place in full)
        dated = any(columns.is_day(full[place]) for place in self.dated if place in full)
        return counted and (dated or any(map(_says, full.values())))

    def is_strange(self, cells: Row) -> bool:
        """Tell whether a row has words where the others have the code of a customer."""
        return self.coded and _is_worded(self.key_of(cells))

    def is_total(self, cells: Row) -> bool:
        """Tell whether a row that is keyed as the others are calls itself a total."""
        return bool(self.lengths) and _is_total(cells)

    def names_nobody(self, cells: Sequence[Cell]) -> bool:
        """Tell whether a row has no day, and no words but those of totals: REK, SAMBUNGAN."""
        said = [cell for cell in cells if isinstance(cell, str) and _says(cell)]
        return all(_is_of_total(word) for cell in said for word in headers.words(_joined(cell))) and not any(
            columns.is_day(cells[place]) for place in self.dated if place < len(cells)
        )

    def key_of(self, cells: Sequence[Cell]) -> str:
        """Return what stands in the column of the key."""
        return shown(cells[self.key]).strip() if self.key < len(cells) else ""

    def _ends(self, cells: Row) -> bool:
        """Tell whether a row is the header of another table: names of columns, another one over the key."""
        first = self.key_of(cells)
        if not first or any(map(str.isdigit, first)) or first in self.header[self.key]:
            return False
        return (
            headers.named(full := _texts(cells)) >= LEAST_NAMED
            and not any(map(columns.is_value, full))
            and all(one[:2] != self.keyed for one in headers.near(first))
        )


def _turned(cells: Row, order: Sequence[int]) -> Row:
    """Return the cells in another order; what stands behind the columns stays there."""
    return [*(cells[place] if place < len(cells) else None for place in order), *cells[len(order) :]]


def _said(cells: Row) -> str:
    """Return what a line says, but for digits: pages and days are others further down."""
    return _DIGIT.sub("", "|".join(_texts(cells))).rstrip("|")


def _texts(cells: Sequence[Cell]) -> list[str]:
    """Return what cells say as headers are read: in one line."""
    return [repaired(" ".join(shown(cell).split())) for cell in cells]


def _are_codes(below: Iterable[Row], key: int) -> bool:
    """Tell whether most rows have a code for a key, and not words."""
    keys = _keys(below, key)
    return 2 * sum(map(_is_worded, keys)) <= len(keys)


def _keys(below: Iterable[Row], key: int) -> list[str]:
    """Return the keys of rows that have one."""
    return [text for cells in below if key < len(cells) if (text := shown(cells[key]).strip())]


def _is_worded(key: str) -> bool:
    """Tell whether a key is words: it has no digit, or letters and a blank, or is a formula."""
    if key.isdigit():
        return False
    if _FORMULA.fullmatch(key):
        return True
    return bool(key) and (not _DIGIT.search(key) or (" " in key and bool(_LETTER.search(key))))


def _says(cell: Cell) -> bool:
    """Tell whether a cell says something in letters that is no amount."""
    return isinstance(cell, str) and bool(_LETTER.search(cell)) and not _AMOUNT.fullmatch(cell)


def is_fact(cells: Sequence[Cell], key: int, header: Sequence[str]) -> bool:
    """Tell whether a row below the header states a fact; key is the column a fact cannot do without.

    A row without a key that is otherwise full is a fact with an error, not a footer: nothing is dropped in
    silence.
    """
    first = shown(cells[key]).strip() if key < len(cells) else ""
    if first.isdigit() and len(first) > FEW_CELLS:
        return not _is_total(cells)
    full = [text for text in _texts(cells) if text]
    if not full:
        return False
    if _is_total(cells):
        return False
    is_no_key = not first or (_is_called_total(first) and not _FORMULA.fullmatch(first))
    if is_no_key and any(_is_called_total(text) for text in full):
        return False
    if _numbering(full):
        return False
    if _repeats(full, header):
        return False
    return len(full) > FEW_CELLS or bool(_CODE.fullmatch(first)) or len(header) <= FEW_CELLS


def may_be_fact(cells: Sequence[Cell], header: Sequence[str]) -> bool:
    """Tell whether a row can be a fact before its columns are known: no total, numbering or header again."""
    full = [text for text in _texts(cells) if text]
    return (
        len(full) > 1
        and not _numbering(full)
        and not _repeats(full, header)
        and not any(_is_called_total(text) for text in full)
    )


def _is_called_total(text: str) -> bool:
    return _TOTAL.match(_joined(text)) is not None


def _joined(text: str) -> str:
    """Return a text without lines below its words, and words that are spaced out in one: J U M L A H."""
    return _SPACED_OUT.sub(lambda letters: letters[0].replace(" ", ""), text.replace("_", " "))


def _is_total(cells: Sequence[Cell]) -> bool:
    """Tell whether all that a row says in letters is that it is a total; a count may stand for a key."""
    said = False
    for cell in cells:
        if isinstance(cell, str) and _says(cell):
            if not (_is_called_total(cell) and all(map(_is_of_total, headers.words(_joined(cell))))):
                return False
            said = True
    return said


def _is_of_total(word: str) -> bool:
    return word.isdigit() or word in _OF or word in MONTHS or word in headers.of_money()


def _repeats(full: Sequence[str], header: Sequence[str]) -> bool:
    """Tell whether a row is the header again, as at the top of a printed page."""
    return sum(text in header for text in full) > 0.6 * len(full)


def _numbering(full: Sequence[str]) -> bool:
    """Tell whether a row numbers its columns: 1 2 3 …, (1) (2) (3) …"""
    stripped = [text.strip("()[]. ") for text in full]
    return len(full) > FEW_CELLS + 1 and stripped == [str(number) for number in range(1, len(full) + 1)]
