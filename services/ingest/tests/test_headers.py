"""Which field a header names, in the words of offices that have never seen Arus."""

from collections.abc import Iterable

import pytest
from arus_ingest.files import columns, headers


def best(kind: str, named: Iterable[headers.Match]) -> str | None:
    """Return the field of a type that is named best and well enough."""
    enough = [one for one in named if one.type == kind and one.score >= columns.LEAST_SCORE]
    return max(enough, key=lambda one: one.score).field if enough else None


@pytest.mark.parametrize(
    ("kind", "header", "field"),
    [
        ("MC", "Tariff Class", "tariff"),
        ("MC", "Rayon Code", "rayon"),
        ("MC", "Diameter (inch)", "meter_size"),
        ("MC", "total_rp", "target_mc"),
        ("SBRS", "Kondisi WM", "trouble"),
        ("SBRS", "Angka Lama", "stand_awal"),
        ("COLLECTION", "Bill Month", "bill_period"),
        ("MAINBILL", "Tanggal Faktur", "bill_date"),
        ("MAINBILL", "Pajak (PPN)", "tax"),
        ("MAINBILL", "Pemakaian (Rp)", "water_charge"),
        ("MAINBILL", "Pemakaian (m³)", "volume"),
        ("ARDEBT", "Umur Piutang (Rp)", None),
        ("FUEL", "Total Rp", None),
        ("FUEL", "Lokasi Kerja", "location"),
        ("COLLECTION", "Waktu Transaksi", "payment_date"),
        ("ARDEBT", "Tgl Bayar", None),
        ("MC", "Klp. Pelanggan", "tariff"),
        ("COLLECTION", "Tgl. Penerimaan", "payment_date"),
        ("SBRS", "Stand Meter Bulan Lalu", "stand_awal"),
        ("MC", "NAMAPLG", "name"),
        ("MC", "METERSERIALNUMBER", "serial"),
        ("ARDEBT", "Lama Tunggakan (hari)", "age_days"),
        ("MB", "Tagihan", None),
        ("COLLECTION", "TAGIHAN", None),
        ("COLLECTION", "Tagihan (Rp)", None),
        ("MC", "Tagihan", "target_mc"),
        ("MB", "No. Tagihan", "bill_number"),
        ("MB", "Invoice No", "bill_number"),
        ("MB", "Invoice", "bill_number"),
        ("MAINBILL", "Inv", "bill_number"),
        ("MAINBILL", "Invoice (Rp)", "amount"),
        ("MC", "Invoice", "target_mc"),
        ("MAINBILL", "Tagihan", "amount"),
        ("MAINBILL", "Invoice Amount", "amount"),
        ("MB", "Jumlah Invoice", "amount"),
        ("COLLECTION", "Jumlah Invoice", None),
        ("MB", "Periode Invoice", "bill_period"),
        ("FUEL", "Volume (Barrel)", None),
        ("SBRS", "Pemakaian (L)", "volume"),
        ("ARDEBT", "UMUR (HARI) PER 31-12-2025", "age_days"),
        ("ARDEBT", "UMUR TUNGGAKAN (HARI) S/D 31-12-2025", "age_days"),
        ("ARDEBT", "UMUR HARI (0-999)", "age_days"),
        ("ARDEBT", "LEMBAR (1-99)", "bills"),
        ("ARDEBT", "JML REK >1", "bills"),
        ("ARDEBT", "UMUR 31-60 HARI", None),
        ("ARDEBT", "Tunggakan 1 s.d. 3 bulan (Rp)", None),
        ("MC", "Target Penagihan", "target_mc"),
        ("MC", "Kelompok", "tariff"),
        ("MC", "KEL", None),
        ("MAINBILL", "By. Air", "water_charge"),
        ("MAINBILL", "BY. BEBAN", "fixed_charge"),
        ("MAINBILL", "Jt. Tempo", "due_date"),
        ("MB", "Tgl JT", "due_date"),
        ("ARDEBT", "Tunggakan JT", "amount"),
        ("MB", "Dnd", "penalty"),
        ("SBRS", "Stand Sblm", "stand_awal"),
        ("SBRS", "Alasan Tdk Terbaca", "skip_status"),
        ("COLLECTION", "Hari/Tanggal", "payment_date"),
        ("COLLECTION", "Jumlah Uang", "amount"),
        ("COLLECTION", "Jml Setor", "amount"),
        ("COLLECTION", "Nilai Transaksi", "amount"),
        ("MB", "Besar Pembayaran", "amount"),
        ("ARDEBT", "Total Hutang", "amount"),
        ("ARDEBT", "Saldo Akhir Piutang", "amount"),
        ("ARDEBT", "Nilai Rupiah", "amount"),
        ("FUEL", "Tempat Isi", "location"),
        ("MB", "STATUS", "payment_status"),
        ("MC", "STATUS", "customer_status"),
        ("MC", "Rp", "target_mc"),
        ("ARDEBT", "Tgl Bayar Akhir", "last_payment_date"),
        ("COLLECTION", "Tgl Rekening", None),
        ("MB", "Tgl Tagihan", None),
    ],
)
def test_a_header_names_a_field(kind: str, header: str, field: str | None) -> None:
    assert best(kind, headers.near(header)) == field


@pytest.mark.parametrize("kind", ["MC", "MAINBILL"])
@pytest.mark.parametrize("month", ["Lalu", "Bulan Lalu", "Sblm", "Awal", "Akhir"])
@pytest.mark.parametrize("of", ["Tagihan", "Total", "Jumlah", "Nilai", "Rek", "M3", "Pakai", "Kubikasi"])
def test_an_amount_or_use_of_another_month_is_no_stand_and_no_bill(kind: str, of: str, month: str) -> None:
    named = [one for one in headers.near(f"{of} {month}") if not one.field.startswith("period")]
    assert best(kind, named) is None


@pytest.mark.parametrize("month", ["Ini", "Bulan Ini", "Kini", "bln skrg"])
@pytest.mark.parametrize(
    ("kind", "of", "field"),
    [
        ("MC", "Tagihan", "target_mc"),
        ("MC", "Pakai", "kubikasi"),
        ("MC", "M3", "kubikasi"),
        ("SBRS", "Pemakaian", "volume"),
        ("MAINBILL", "Total", "amount"),
        ("SBRS", "Stand", "stand_akhir"),
        ("SBRS", "Meter", "stand_akhir"),
        ("SBRS", "", "stand_akhir"),
        ("ARDEBT", "Tunggakan", None),
    ],
)
def test_this_month_is_the_one_of_the_file(kind: str, of: str, month: str, field: str | None) -> None:
    named = [one for one in headers.near(f"{of} {month}") if not one.field.startswith("period")]
    assert best(kind, named) == field


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Jml Rek", "bills"),
        ("Lbr Rekening", "bills"),
        ("Tunggakan (Lbr)", "bills"),
        ("Lembar Tagihan", "bills"),
        ("Banyaknya Rek", "bills"),
        ("Jumlah (lembar)", "bills"),
    ],
)
def test_how_many_bills_there_are_is_no_money(header: str, field: str) -> None:
    named = headers.near(header)
    assert best("ARDEBT", named) == field
    assert all(best(kind, named) is None for kind in ("MC", "COLLECTION", "MB", "MAINBILL", "FUEL"))


@pytest.mark.parametrize(
    ("header", "is_number"),
    [("TAG DES", False), ("Tagihan Nov", False), ("No. Tag", True), ("NOTGIHAN", True), ("Bill No", True)],
)
def test_a_number_of_a_bill_says_that_it_is_one(header: str, *, is_number: bool) -> None:
    assert (best("MC", headers.near(header)) == "bill_number") == is_number


@pytest.mark.parametrize(
    ("kind", "above", "own", "field"),
    [
        ("SBRS", "STAND METER", "LALU", "stand_awal"),
        ("SBRS", "STAND METER", "PAKAI", "volume"),
        ("SBRS", "PEMBACAAN", "TANGGAL", "read_date"),
        ("MC", "PEMAKAIAN (M3)", "LALU", None),
        ("MC", "PEMAKAIAN (M3)", "INI", "kubikasi"),
        ("MC", "TAGIHAN (RP)", "LALU", None),
        ("MC", "TAGIHAN (RP)", "BULAN INI", "target_mc"),
        ("MC", "PEMAKAIAN AIR", "METER LALU", "stand_awal"),
        ("MAINBILL", "RINCIAN TAGIHAN", "STAND AKHIR", "stand_akhir"),
        ("MAINBILL", "RINCIAN TAGIHAN (Rp)", "AIR", "water_charge"),
        ("MAINBILL", "RINCIAN TAGIHAN (Rp)", "TOTAL", "amount"),
        ("ARDEBT", "UMUR PIUTANG", "31-60", None),
        ("ARDEBT", "TUNGGAKAN MENURUT UMUR", "> 90 hari", None),
    ],
)
def test_a_word_above_several_columns_leaves_each_its_own(
    kind: str, above: str, own: str, field: str | None
) -> None:
    assert best(kind, headers.below(f"{above} {own}", own, headers.near)) == field
