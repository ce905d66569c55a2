"""Columns beside amounts that say which of them are below zero (D/K, +/-), or were taken back (BATAL)."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from arus_ingest.files import amounts
from arus_ingest.files.asking import Asking
from arus_ingest.files.declared import FileType
from arus_ingest.files.results import Question
from arus_ingest.files.tables import Cell, Row, shown

Said = tuple[tuple[int, str], ...]
"""Columns, and what they say of rows."""
SIGNS: Final = {
    **dict.fromkeys(("D", "DB", "DR", "DEBET", "DEBIT"), "DB"),
    **dict.fromkeys(("K", "C", "CR", "KR", "KREDIT", "CREDIT"), "CR"),
    "+": "+",
    "-": "-",
}
"""What may stand in a column of signs."""
WAYS: Final = ("minus", "refuse", "read")
"""What may be done with payments that were taken back."""
TAKEN_BACK: Final = "reversed"
"""What the key of a question about payments that were taken back begins with."""
_DEBIT: Final = r"(?:d[br]?|deb[ei]t)"
_CREDIT: Final = r"(?:[kc]r?|[kc]redit)"
_CALLED: Final = re.compile(
    rf"\+\s*/?\s*-|(?:(?:jenis|kode) )?(?:{_DEBIT}\W*{_CREDIT}|{_CREDIT}\W*{_DEBIT}|mutasi)|tanda|sign",
    re.IGNORECASE,
)
_SAYS_TAKEN_BACK: Final = re.compile(
    r"\b(?:di)?batal(?:kan)?\b|\bpembatalan\b|\brevers(?:al|ed?|e)\b|\bretur\b|\brefund(?:ed)?\b|\bvoid(?:ed)?\b"
    r"|\bcancel(?:l?ed|lation)?\b",
    re.IGNORECASE,
)
_TOLD_BY: Final = ("payment_status", "payment_type", "bill_reason")
"""Fields that may say so; further columns are those of no field."""


@dataclass(slots=True)
class Signs:
    """What stands beside the amounts of a file.

    amount: the column of amounts. at: the one of signs; signs: what it says, with how many rows say so.
    telling: columns that may say what was taken back; taken_back: by column, what they say of amounts that
    are not below zero.
    """

    amount: int
    at: int | None
    telling: tuple[int, ...]
    signs: Counter[str] = field(default_factory=Counter[str])
    taken_back: dict[int, Counter[str]] = field(default_factory=dict[int, Counter[str]])

    @classmethod
    def of(
        cls, kind: FileType, header: Sequence[str], below: Sequence[Row], places: Mapping[str, int]
    ) -> "Signs | None":
        """Return what to look at in a file, None where it has no amounts of money."""
        money = [place for name, place in places.items() if _is_money(kind, name)]
        if not money:
            return None
        free = [place for place in range(len(header)) if place not in places.values()]
        at = next((place for place in free if _are_signs(header[place], _texts(below, place))), None)
        named = [places[name] for name in _TOLD_BY if name in places]
        telling = (*named, *(place for place in free if place != at)) if kind.credit_positive else ()
        return cls(places.get("amount", money[0]), at, telling)

    def look(self, facts: Sequence[Row]) -> None:
        """Look at a chunk of facts."""
        if self.at is not None:
            self.signs.update(text_at(cells, self.at) for cells in facts)
        for place in self.telling:
            told = {text for text in _texts(facts, place) if _SAYS_TAKEN_BACK.search(text)}
            if told:
                said = (text_at(cells, place) for cells in facts if not _is_negative(cells, self.amount))
                self.taken_back.setdefault(place, Counter()).update(text for text in said if text in told)

    def meant(self, asking: Asking, kind: FileType, header: Sequence[str]) -> tuple[Said, Said]:
        """Return what columns say of the rows whose amounts are below zero, and of those refused; asks."""
        turned = self._below_zero(asking, kind, header)
        refused: list[tuple[int, str]] = []
        for place, texts in self.taken_back.items():
            if texts:
                words = ", ".join(islice(texts, 3))[:100]
                params = {"column": header[place], "number": str(texts.total()), "words": words}
                asked = Question(f"{TAKEN_BACK}:{header[place]}", "question_taken_back", WAYS, params)
                answer = asking.answer(asked)
                turned += [(place, text) for text in texts if answer == "minus"]
                refused += [(place, text) for text in texts if answer == "refuse"]
        return tuple(turned), tuple(refused)

    def _below_zero(self, asking: Asking, kind: FileType, header: Sequence[str]) -> list[tuple[int, str]]:
        if self.at is None:
            return []
        ways = self._readings(header[self.at], credit_positive=kind.credit_positive)
        signs = asking.signs(header[self.at], ways)
        return [(self.at, text) for sign in signs for text in self._written(sign)]

    def _readings(self, header: str, *, credit_positive: bool) -> tuple[tuple[str, ...], ...]:
        """Return which signs may mean minus, one set for each possible reading, as amounts.negative_marks.

        header: of the column. Where it does not say that it holds signs, they may be none.
        """
        said = Counter({sign: self._rows(sign) for sign in SIGNS.values()})
        if said["DB"] + said["CR"]:
            rows = amounts.Shapes(credit=said["CR"], debit=said["DB"], digits=self.signs.total())
            ways = amounts.negative_marks(rows, credit_positive=credit_positive)
        else:
            ways = (("-",),) if said["-"] else ((),)
        return ways if _CALLED.fullmatch(header.strip()) else tuple(dict.fromkeys((*ways, ())))

    def _written(self, sign: str) -> list[str]:
        """Return how a sign is written in the column."""
        return [text for text in self.signs if SIGNS.get(text.upper()) == sign]

    def _rows(self, sign: str) -> int:
        return sum(self.signs[text] for text in self._written(sign))


def text_at(cells: Row, place: int) -> str:
    """Return what stands in a column, as shown."""
    return shown(cells[place]).strip() if place < len(cells) else ""


def _texts(rows: Sequence[Row], place: int) -> set[str]:
    return {text for cells in rows if (text := text_at(cells, place))}


def _is_money(kind: FileType, name: str) -> bool:
    return name in kind.fields and kind.fields[name].kind == "money"


def _are_signs(header: str, texts: set[str]) -> bool:
    """Tell whether a column is one of signs: nothing else stands in it; strokes alone may say nothing."""
    alike = {text.upper() for text in texts} <= SIGNS.keys()
    return alike and (bool(_CALLED.fullmatch(header.strip())) or bool(texts - {"-"}))


def _is_negative(cells: Row, place: int) -> bool:
    cell: Cell = cells[place] if place < len(cells) else None
    if isinstance(cell, str):
        written = amounts.figure(cell)
        return written is not None and (written.minus or written.mark == "DB")
    return isinstance(cell, (int, float)) and cell < 0
