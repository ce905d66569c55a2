"""A town's files on disk, as its office would send them, and the answer key beside them."""

# pyright: reportUnknownMemberType=false
# xlsxwriter says little of its types.

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Final

from arus_stack.demo.water.families import FAMILIES, Facts, Value, facts
from arus_stack.demo.water.town import KINDS, Town

MONTHS: Final = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)

HEADERS: Final[Mapping[str, Mapping[str, str]]] = {
    "MC": {
        "nomen": "NOMEN",
        "name": "NAMA_PEL",
        "address": "ALM1_PEL",
        "rayon": "RAYON",
        "route": "ZONA_NOVAK",
        "tariff": "TARIF",
        "serial": "NOMET",
        "kubikasi": "KUBIK",
        "target_mc": "NOMINAL",
        "period": "PERIODE",
    },
    "COLLECTION": {
        "nomen": "NOMEN",
        "rayon": "RAYON",
        "payment_date": "PAY_DT",
        "amount": "AMT_COLLECT",
        "payment_type": "PAYMENT_TYPE",
        "payment_channel": "KANAL",
        "receipt_number": "NO_TRANSAKSI",
        "bill_period": "BILL_PERIOD",
    },
    "SBRS": {
        "nomen": "Nomen",
        "name": "Nama",
        "rayon": "Rayon",
        "route": "PCEZ",
        "serial": "No Meter",
        "stand_awal": "Stand Awal",
        "stand_akhir": "Stand Akhir",
        "volume": "Pemakaian",
        "read_method": "Read Method",
        "skip_status": "Skip Status",
        "reader": "Petugas",
        "read_date": "Tgl Baca",
        "stand_cabut": "Stand Cabut",
        "stand_pasang": "Stand Pasang",
        "replacement_date": "Tgl Ganti Meter",
    },
    "MB": {
        "nomen": "NOMEN",
        "name": "NAMA",
        "bill_number": "NOTAGIHAN",
        "bill_period": "BULAN_REK",
        "payment_date": "TGL_BAYAR",
        "amount": "NOMINAL",
        "penalty": "DENDA",
        "payment_place": "LKS_BAYAR",
        "payment_status": "STATUS_LUNAS",
    },
    "MAINBILL": {
        "nomen": "NOMEN",
        "name": "NAMA",
        "route": "PCEZBK",
        "tariff": "TARIFF",
        "bill_number": "BILL_ID",
        "bill_date": "FREEZE_DT",
        "due_date": "JATUH_TEMPO",
        "stand_awal": "STAND_AWAL",
        "stand_akhir": "STAND_AKHIR",
        "volume": "KONSUMSI",
        "water_charge": "BIAYA_AIR",
        "fixed_charge": "BEBAN_TETAP",
        "admin_fee": "ADMINISTRASI",
        "amount": "TOTAL_TAGIHAN",
        "period": "PERIODE",
    },
    "ARDEBT": {
        "nomen": "NOMEN",
        "name": "NAMA",
        "rayon": "RAYON",
        "bill_period": "PERIODE_BILL",
        "amount": "JUMLAH",
        "volume": "VOLUME",
        "age_days": "UMUR_HARI",
    },
}


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the files in order of family and period, and the key."""

    files: tuple[Path, ...]
    key: Path
    customers: int
    periods: tuple[str, ...]
    planted: Mapping[str, int]


def write(made: Town, folder: Path, progress: Callable[[str, int, int], None]) -> Written:
    """Write one file per family and period, and answers.json; existing files of these names are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    total = len(FAMILIES) * len(made.periods)
    for family in FAMILIES:
        for period in made.periods:
            files.append(_WRITERS[family](facts(made, family, period), folder))
            progress("files", len(files), total)
    key = folder / "answers.json"
    answers = [asdict(one) for one in made.planted]
    key.write_text(json.dumps(answers, ensure_ascii=False, indent=1) + "\n", "utf-8")
    counts = {kind: sum(kind in one.kinds for one in made.planted) for kind in KINDS}
    return Written(tuple(files), key, len(made.customers), made.periods, counts)


def _semicolons(told: Facts, folder: Path) -> Path:
    """Write text as an Indonesian Excel does: semicolons, a title, rupiah with dots, a total."""
    path = folder / f"{told.family}_{told.period.replace('-', '')}.csv"
    headers = HEADERS[told.family]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, delimiter=";")
        out.writerow([f"{told.family} PERIODE {_month(told.period)}"])
        out.writerow([])
        out.writerow(headers.values())
        for line in told.lines:
            out.writerow(_indonesian(line[name]) for name in headers)
        total = sum(Decimal(str(line["amount"])) for line in told.lines)
        out.writerow(
            ["JUMLAH", *("" if name != "amount" else _indonesian(total) for name in list(headers)[1:])]
        )
    return path


def _bars(told: Facts, folder: Path) -> Path:
    """Write text as the billing system does: bars, days and months in eight digits, plain numbers."""
    path = folder / f"{told.family}_{told.period[5:]}{told.period[:4]}.txt"
    headers = HEADERS[told.family]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, delimiter="|")
        out.writerow(headers.values())
        for line in told.lines:
            out.writerow(_system(line[name]) for name in headers)
    return path


def _workbook(told: Facts, folder: Path) -> Path:
    """Write a workbook with typed cells, a title above and the month in the name of its sheet."""
    import xlsxwriter  # noqa: PLC0415 - slow to import

    path = folder / f"{told.family} {_month(told.period)}.xlsx"
    headers = HEADERS[told.family]
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(f"{told.family} {told.period}")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write(0, 0, f"PAM JAYA SUNTER - {told.family} {_month(told.period)}")
        sheet.write_row(2, 0, headers.values())
        for at, line in enumerate(told.lines, 3):
            for place, name in enumerate(headers):
                value = line[name]
                if isinstance(value, date):
                    sheet.write_datetime(at, place, datetime.combine(value, time()), day)
                elif isinstance(value, (int, Decimal)):
                    sheet.write_number(at, place, float(value))
                elif value:
                    sheet.write_string(at, place, value)
    return path


_WRITERS: Final[Mapping[str, Callable[[Facts, Path], Path]]] = {
    "MC": _workbook,
    "COLLECTION": _semicolons,
    "SBRS": _workbook,
    "MB": _semicolons,
    "MAINBILL": _bars,
    "ARDEBT": _workbook,
}


def _month(period: str) -> str:
    return f"{MONTHS[int(period[5:]) - 1]} {period[:4]}"


def _indonesian(value: Value) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        return f"Rp {value:,.2f}".translate(str.maketrans(",.", ".,"))
    return "" if value is None else str(value)


def _system(value: Value) -> str:
    return f"{value:%d%m%Y}" if isinstance(value, date) else "" if value is None else str(value)
