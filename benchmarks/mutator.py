"""A water utility's facts as its offices would really send them: the same facts in many harsh shapes.

mutated(number, seed, folder) writes one file and returns what is true of it. The words are this mutator's
own.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

import ways
import yaml
from arus_stack.demo.water import Town, town
from arus_stack.demo.water.families import FAMILIES, Line, facts
from books import BOOKS, Shown
from ways import ENGLISH, MONTHS, SHORT

WORDS: Final[Mapping[str, Any]] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
DATED: Final = {
    "SBRS": "read_date",
    "COLLECTION": "payment_date",
    "MB": "payment_date",
    "MAINBILL": "bill_date",
}
AMOUNTS: Final = frozenset({"target_mc", "amount", "penalty", "water_charge", "fixed_charge", "admin_fee"})
VOLUMES: Final = frozenset({"kubikasi", "volume", "stand_awal", "stand_akhir", "stand_cabut", "stand_pasang"})

NUMBERS: Final = AMOUNTS | VOLUMES | {"age_days"}


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of a file: its columns by field, and the numbers of each fact in order."""

    path: Path
    family: str
    period: str
    columns: dict[str, str]
    numbers: tuple[dict[str, Decimal], ...]
    how: str


@cache
def _town(seed: int) -> Town:
    return town(120, 14, seed)


def mutated(number: int, seed: int, folder: Path) -> Truth:
    """Write one file and return what is true of it; the same number and seed give the same file."""
    chance = Random(seed * 1_000_003 + number)
    made = _town(seed)
    family = tuple(FAMILIES)[number % len(FAMILIES)]
    period = chance.choice(made.periods[2:])
    lines = list(facts(made, family, period).lines)
    if len(lines) > (few := chance.randint(12, 60)):
        lines = sorted(chance.sample(lines, few), key=lambda line: str(line["nomen"]))
    lines = [_reversed(line, chance) if family in {"COLLECTION", "MB"} else line for line in lines]
    names = _columns(family, chance)
    saved_as = chance.choices(("csv", "txt", "xlsx", "xls", "ods"), (45, 12, 27, 11, 5))[0]
    told = _places(family, saved_as, names, chance)
    headers = {name: _header(chance.choice(WORDS["headers"][family][name]), chance) for name in names}
    if len(set(headers.values())) < len(headers):
        headers = {name: WORDS["headers"][family][name][0] for name in names}
    return _Sheet(chance, family, period, lines, names, headers, told, folder, number, saved_as).write()


def _columns(family: str, chance: Random) -> list[str]:
    core = WORDS["core"][family]
    names = [name for name in WORDS["headers"][family] if name in core or chance.random() < 0.6]
    if "stand_cabut" in names or "stand_pasang" in names or "replacement_date" in names:
        names += [one for one in ("stand_cabut", "stand_pasang", "replacement_date") if one not in names]
    if chance.random() < 0.4:
        chance.shuffle(names)
    return names


def _places(family: str, saved_as: str, names: list[str], chance: Random) -> set[str]:
    """Choose where the period stands: at least one place a clerk would find."""
    told = {place for place in ("title", "sheet", "file") if chance.random() < 0.4}
    if saved_as in {"csv", "txt"}:
        told.discard("sheet")
    if "period" in names:
        told.add("column")
    dated = DATED.get(family) in names
    if not told and not (dated and chance.random() < 0.5):
        told.add(chance.choice(("title", "file")))
    return told


def _reversed(line: Line, chance: Random) -> Line:
    """Take back a payment now and then."""
    if chance.random() > 0.06:
        return line
    return {**line, "amount": -Decimal(str(line["amount"]))}


def _header(text: str, chance: Random) -> str:
    """Write a header in a house's style, now and then misspelt."""
    if chance.random() < 0.08 and len(text) >= 8:
        at = chance.randrange(1, len(text) - 1)
        if text[at].isalpha() and text[at + 1].isalpha():
            lost = text[:at] + text[at + 1 :]
            text = chance.choice((lost, text[:at] + text[at + 1] + text[at] + text[at + 2 :]))
    styles: list[Callable[[str], str]] = [
        lambda one: one,
        lambda one: one,
        lambda one: one.upper(),
        lambda one: one.lower(),
        lambda one: one.replace("_", " "),
        lambda one: f"  {one} ",
        lambda one: one.replace(" ", "_"),
        lambda one: one.replace("_", " ").title(),
    ]
    return chance.choice(styles)(text)


class _Sheet:
    """One file in the making."""

    def __init__(  # noqa: PLR0917 - everything that was chosen
        self,
        chance: Random,
        family: str,
        period: str,
        lines: Sequence[Line],
        names: list[str],
        headers: dict[str, str],
        told: set[str],
        folder: Path,
        number: int,
        saved_as: str,
    ) -> None:
        self.chance, self.family, self.period, self.lines, self.names = chance, family, period, lines, names
        self.headers, self.told, self.folder, self.number = headers, told, folder, number
        self.format = saved_as
        self.book = self.format in {"xlsx", "xls", "ods"}
        self.typed = self.book and chance.random() < 0.65
        self.money = chance.choice(ways.MONEY)
        self.count = chance.choices(ways.COUNTS, (8, 2, 1, 1, 1))[0]
        self.day = chance.choices(ways.DAYS, (6, 2, 2, 3, 2, 2, 2, 2, 1, 1))[0]
        self.month = chance.choice(ways.PERIODS)
        self.minus = chance.choice(ways.MINUS)
        self.nothing = ways.NOTHING[number % len(ways.NOTHING)]
        self.how: list[str] = [self.format, self.money.__name__, self.count.__name__, self.day.__name__]

    def write(self) -> Truth:
        """Write the file and tell the truth about it."""
        grid = [*self._titles(), *self._header_lines(), *self._body(), *self._footer()]
        path = self.folder / self._name()
        if self.book:
            sheet = self._sheet_name()
            BOOKS[self.format](path, sheet, grid, self.chance)
        else:
            self._write_text(path, grid)
        numbers = tuple(
            {one: Decimal(str(line[one])) for one in self.names if one in NUMBERS and line[one] is not None}
            for line in self.lines
        )
        columns = {name: " ".join(self._full(name).split()) for name in self.names}
        return Truth(path, self.family, self.period, columns, numbers, " ".join(self.how))

    def _titles(self) -> list[list[Shown]]:
        chance, titles = self.chance, list[list[Shown]]()
        if "title" in self.told:
            called = chance.choice(WORDS["called"][self.family])
            titles.append([chance.choice(("", "LAPORAN ", "DATA ")) + f"{called} {self._spoken()}"])
        elif chance.random() < 0.4:
            titles.append(
                [chance.choice(("PAM JAYA RAYON 34 & 35", "PERUMDA – UNIT SUNTER", "Café Data №1"))]
            )
        if titles and chance.random() < 0.3:
            titles.insert(0, ["PERUSAHAAN UMUM DAERAH AIR MINUM JAYA"])
        if titles and chance.random() < 0.25:
            printed = f"{chance.randint(1, 28):02}/{chance.randint(1, 12):02}/2026 08:15"
            titles.append(["Dicetak oleh", "ADMIN", printed])
        if titles and chance.random() < 0.5:
            titles.append([])
        return titles

    def _spoken(self) -> str:
        year, month = self.period[:4], int(self.period[5:])
        return self.chance.choice(
            (
                f"PERIODE {MONTHS[month - 1].upper()} {year}",
                f"Bulan : {MONTHS[month - 1]} {year}",
                f"Periode {month:02}/{year}",
                f"PERIODE {year}{month:02}",
                f"bulan {SHORT[month - 1]} {year}",
                f"{ENGLISH[month - 1]} {year}",
                f"Periode: {SHORT[month - 1]}-{year[2:]}",
            )
        )

    def _header_lines(self) -> list[list[Shown]]:
        chance = self.chance
        self.extras = chance.sample(WORDS["extras"], chance.choice((0, 0, 1, 2, 3)))
        self.numbered = chance.random() < 0.35
        self.two = False
        pair = ("stand_awal", "stand_akhir")
        places = [self.names.index(one) for one in pair if one in self.names]
        if len(places) == 2 and chance.random() < 0.3:
            for one in pair:
                self.names.remove(one)
            at = min(len(self.names), *places)
            self.names[at:at] = pair
            self.headers["stand_awal"] = chance.choice(("AWAL", "Lalu"))
            self.headers["stand_akhir"] = chance.choice(("AKHIR", "Kini"))
            self.two = True
            self.how.append("two-lines")
        lead: list[Shown] = ["No"] if self.numbered else []
        below: list[Shown] = [self.headers[name] for name in self.names]
        if not self.two:
            found = [[*lead, *below, *self.extras]]
        else:
            upper = [None if name in pair else head for name, head in zip(self.names, below, strict=True)]
            upper[self.names.index("stand_awal")] = "STAND METER"
            lower = [head if name in pair else None for name, head in zip(self.names, below, strict=True)]
            found = [[*lead, *upper, *self.extras], [*([None] if lead else []), *lower]]
        if chance.random() < 0.08:
            found.append([f"({at})" for at in range(1, len(found[0]) + 1)])
        return found

    def _full(self, name: str) -> str:
        above = "STAND METER " if self.two and name.startswith("stand_a") else ""
        return above + self.headers[name]

    def _body(self) -> list[list[Shown]]:
        chance = self.chance
        body: list[list[Shown]] = []
        for at, line in enumerate(self.lines, 1):
            row: list[Shown] = [at] if self.numbered else []
            row += [self._cell(name, line[name]) for name in self.names]
            row += [_extra(one, chance) for one in self.extras]
            body.append(row)
            if self.chance.random() < 0.004 and not self.two:
                body.append(
                    [*(["No"] if self.numbered else []), *(self.headers[name] for name in self.names)]
                )
            if not self.book and chance.random() < 0.01:
                body.append([])
        return body

    def _cell(self, name: str, value: object) -> Shown:
        if value is None or value == "":
            return self.nothing
        if name in {"period", "bill_period"}:
            return self.month(str(value))
        if isinstance(value, date):
            return value if self.typed else self.day(value)
        if name in AMOUNTS:
            amount = Decimal(str(value))
            return float(amount) if self.typed else self.minus(self.money, amount, self.family)
        if name in VOLUMES:
            whole = int(str(value))
            return float(whole) if self.typed else ("-" if whole < 0 else "") + self.count(abs(whole))
        if name == "age_days":
            return float(str(value)) if self.typed else str(value)
        if name == "nomen" and self.typed and self.number % 3:
            return float(str(value))
        return str(value)

    def _footer(self) -> list[list[Shown]]:
        chance, footer = self.chance, list[list[Shown]]()
        amounts = [name for name in self.names if name in AMOUNTS]
        if chance.random() < 0.4 and amounts:
            total = sum((Decimal(str(line[amounts[0]])) for line in self.lines), Decimal(0))
            row: list[Shown] = [None] * (len(self.names) + self.numbered)
            row[0] = chance.choice(("JUMLAH", "TOTAL", "Grand Total", "Jumlah :"))
            at = self.names.index(amounts[0]) + self.numbered
            if at:
                row[at] = float(total) if self.typed else self.money(total)
                footer.append(row)
        if chance.random() < 0.2:
            signed: list[list[Shown]] = [[], [None, None, "Mengetahui,"], [None, None, "Kepala Rayon 34"]]
            footer += signed
        if chance.random() < 0.15:
            footer.append([f"Dicetak {chance.randint(1, 28)}/01/2026 10:22:31 oleh sistem"])
        return footer

    def _name(self) -> str:
        year, month = self.period[:4], int(self.period[5:])
        anything = ("data", "laporan", "Book1", "export", "kiriman rayon 34", "final (2)")
        called = self.chance.choice(WORDS["called"][self.family] if self.chance.random() < 0.6 else anything)
        if "file" in self.told:
            called += self.chance.choice(("_", " ", "-")) + self.chance.choice(
                (
                    f"{year}{month:02}",
                    f"{month:02}{year}",
                    f"{year}-{month:02}",
                    f"{MONTHS[month - 1]} {year}",
                    f"{SHORT[month - 1]}{year}",
                    f"{MONTHS[month - 1].upper()}_{year}",
                    f"{month:02}-{year}",
                    f"{SHORT[month - 1].upper()}-{year[2:]}",
                    f"{month:02}{year[2:]}",
                )
            )
        folder = self.folder / f"{self.number:05}"
        folder.mkdir(parents=True, exist_ok=True)
        return f"{self.number:05}/{called}.{self.format}"

    def _sheet_name(self) -> str:
        if "sheet" in self.told:
            year, month = self.period[:4], int(self.period[5:])
            names = (f"{MONTHS[month - 1]} {year}", f"{SHORT[month - 1].upper()} {year}")
            return self.chance.choice((*names, f"{year}-{month:02}", f"{month:02}-{year}"))
        return self.chance.choice(("Sheet1", "Data", "R34", self.family))

    def _write_text(self, path: Path, grid: Sequence[Sequence[Shown]]) -> None:
        chance = self.chance
        separator = chance.choices((";", ",", "\t", "|"), (5, 4, 2, 2))[0]
        out = io.StringIO(newline="")
        quoting = chance.choice((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
        writer = csv.writer(
            out, delimiter=separator, quoting=quoting, lineterminator=chance.choice(("\n", "\r\n"))
        )
        width = max(map(len, grid))
        for row in grid:
            cells = ["" if cell is None else str(cell) for cell in row]
            writer.writerow([*cells, *[""] * (width - len(cells))] if chance.random() < 0.9 else cells)
        text = out.getvalue()
        encoding = chance.choices(("utf-8", "utf-8-sig", "cp1252", "utf-16", "twice"), (8, 4, 4, 2, 3))[0]
        self.how += [encoding, repr(separator)]
        if encoding == "twice":
            wrong = chance.choice(("cp1252", "cp1254", "mac_roman"))
            text, encoding = text.encode().decode(wrong, "replace").replace("\ufffd", ""), "utf-8"
        path.write_bytes(text.encode(encoding, "replace"))


def _extra(name: str, chance: Random) -> Shown:
    match name:
        case "CREATED_AT":
            return f"2026-01-{chance.randint(1, 28):02} 10:0{chance.randint(0, 9)}:00"
        case "KODE POS":
            return str(chance.randint(14_350, 14_360))
        case "No HP":
            return f"08{chance.randint(10**9, 10**10)}"
        case "Latitude" | "Longitude":
            return f"{chance.uniform(-7, 107):.6f}"
        case _:
            return chance.choice(("", "A", "SUNTER AGUNG", "INA", "ok"))
