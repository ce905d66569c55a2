"""Which field a header names: exactly, abbreviated, misspelt, or with words around it."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Final, NamedTuple

from arus_ingest.files import units
from arus_ingest.files.declared import Field, FileType, types
from arus_ingest.files.texts import repaired

_SAME: Final = {
    other: word
    for word, others in {
        "tanggal": "tgl tg tggl date dt dttm",
        "nomor": "no nmr nomer nr num number",
        "nama": "nm name",
        "alamat": "alm almt alm1 alamat1 address addr",
        "jumlah": "jml jlh jmlh jum",
        "pelanggan": "plg pel pelg plgn lgn langganan plggn konsumen customer cust cstmr",
        "bayar": "byr pembayaran dibayar payment paid pay pymt",
        "bulan": "bln bl month",
        "tahun": "thn th year",
        "periode": "prd prde period",
        "tagihan": "tagih tgh tagh tag ditagih faktur bill billed billing",
        "invoice": "inv",
        "meter": "mtr wm",
        "stand": "stan std stnd st",
        "akhir": "akir akh",
        "awal": "awl",
        "kini": "ini sekarang skrg current curr cur",
        "lalu": "sebelumnya sebelum sblm sblmnya previous prev",
        "baca": "bacaan pembacaan read reading rd rdg",
        "pencatat": "pencater",
        "golongan": "gol",
        "kelompok": "klp",
        "wilayah": "wil",
        "kelas": "class",
        "tarif": "trf tariff",
        "ukuran": "size",
        "seri": "serial",
        "rekening": "rek",
        "petugas": "ptgs ptg",
        "kode": "kd code",
        "status": "stat sts",
        "keterangan": "ket",
        "jenis": "jns tipe type",
        "lokasi": "lks location loc",
        "tempat": "tmp tmpt place",
        "amount": "amt",
        "account": "acct acc",
        "volume": "vol",
        "sambungan": "samb",
        "administrasi": "adm admin",
        "kuitansi": "kwitansi kwt",
        "nominal": "nom",
        "pemakaian": "pmk pemak pakai",
        "metode": "mtd",
        "rayon": "ryn",
        "kubikasi": "kubik",
        "lembar": "lbr",
        "liter": "ltr litre litres liters",
        "biaya": "bea by fee charge",
        "meterai": "materai",
        "alasan": "reason",
        "tunggakan": "tunggak menunggak tungg tgk",
        "piutang": "hutang utang",
        "denda": "dnd",
        "tidak": "tdk",
        "banyak": "banyaknya",
    }.items()
    for other in others.split()
}
"""Words of a header that say the same, abbreviated or in the other language."""
_RUN_TOGETHER: Final = {"nolang": "no pelanggan", "nomet": "no meter"}
_SHORT_STARTS: Final = frozenset({"no", "id", "kd", "nm", "rp", "tg"})
SHORTEST_RUN: Final = 5
_UNITS: Final = re.compile(
    r"[(\[](?:[\s.'x]*(?:rp|idr|m3|m³|l|kl|ltr|liter|rupiah|ribu|ribuan|rb|juta|jutaan|jt|1?[.,]?000"
    r"|dd[/-]mm[/-]yyyy))+[\s.]*[)\]]",
    re.IGNORECASE,
)
_BAND: Final = re.compile(
    r"\d{1,3}\s*(?:-|–|s\.?\s*/?\s*d\.?|sampai|to)\s*\d{1,3}|[<>≤≥]=?\s*\d{1,3}|\d{1,3}\s*\+", re.IGNORECASE
)
_OF_AGES: Final = re.compile(
    r"[(\[]?(?<![a-z])(?:umur|usia|tunggakan|piutang|hari|hr|bulan|bln|lembar|lbr|ag(?:e|ing)|days?|months?|rp)"
    r"(?![a-z])\.?[)\]]?",
    re.IGNORECASE,
)
"""Words that may stand beside a band of ages."""
_HEADS: Final = {
    "tanggal": {"date", "period"},
    "nama": {"text", "period"},
    "nomor": {"code", "integer", "period"},
    "lembar": {"integer"},
    "banyak": {"integer", "decimal"},
}
"""Words that say of which kind a field is."""
_OF_STANDS: Final = frozenset({"stand", "angka", "baca", "posisi"})
"""Words of a register; beside others of money or of use, LALU and KINI tell the month and no stand."""
_OF_NUMBERS: Final = ("no", "id", "kd", "kode", "inv")
"""What a word begins with that makes a number of a bill out of TAGIHAN."""
_OPEN_HEADS: Final = frozenset({"alamat", "lokasi", "gudang", "depo", "pool", "produk", "bank", "loket"})
"""Words that say enough whatever word of nobody's stands beside them."""
_BARE: Final = frozenset({"read_date", "receipt_number"})
"""Fields that one word alone may name, but not with words around it: TGL METER is the day it was fitted."""
_ASIDE: Final = re.compile(r"[(\[][^()\[\]]*[)\]]")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BREAK: Final = re.compile(r"[^a-z0-9]+")
_THIS_MONTH: Final = frozenset({"bulan", "kini"})
_SUMS: Final = frozenset({"jumlah", "total"})
_PRICES: Final = frozenset({"harga", "tarif", "biaya", "price", "rupiah", "tagihan", "nilai"})
_QUIET: Final = frozenset({"rp", "idr", "jam", "the", "of", "di", "yang", "data", "air", "x"})
_AROUND: Final = frozenset(
    {"pelanggan", "meter", "total", "jumlah", "nilai", "amount", "bulan", "tahun", "rupiah", "m3"}
    | {"pam", "pdam", "cmr", "wp", "rekening", "tagihan"}
    | {"kl", "ribu", "ribuan", "juta", "jutaan", "jt", "kini"}
)

STANDS: Final = frozenset({"stand_awal", "stand_akhir", "stand_cabut", "stand_pasang"})
_OF_USE: Final = frozenset({"kubikasi", "volume"})
FUZZY: Final = 84
LONGEST_HEADER: Final = 60
SHORTEST_FUZZY: Final = 5


class Match(NamedTuple):
    """How well a header names a field of a type, 0 to 1."""

    type: str
    field: str
    score: float


@lru_cache(maxsize=20_000)
def words(header: str) -> tuple[str, ...]:
    """Return the words of a header, spelt out: "Tgl. Byr (Rp)" → tanggal bayar."""
    found: list[str] = []
    for word in _written(header):
        parts = _RUN_TOGETHER.get(word, "").split() or _apart(word) or (word,)
        found += (_SAME.get(part, part) for part in parts)
    loud = [word for word in found if word not in _QUIET]
    return tuple(loud or found)


@lru_cache(maxsize=20_000)
def _apart(word: str) -> tuple[str, ...]:
    """Return the words of names that stand in one without a space (NAMAPLG); () where it is none."""
    if len(word) < SHORTEST_RUN or (word in _dictionary() and word[:2] not in _SHORT_STARTS):
        return ()
    for cut in range(len(word) - 2, 1, -1):
        first, rest = word[:cut], word[cut:]
        if first in _SHORT_STARTS or (cut > 2 and first in _dictionary()):
            if rest == "m3" or (len(rest) > 2 and rest in _dictionary()):
                return (first, rest)
            if following := _apart(rest):
                return (first, *following)
    return ()


@cache
def _dictionary() -> frozenset[str]:
    """Return the words of names as they are written, and the abbreviations of words."""
    names = (
        alias for kind in types().values() for aliases in named_fields(kind).values() for alias in aliases
    )
    return frozenset(_SAME) | frozenset(word for alias in names for word in _written(alias))


@lru_cache(maxsize=20_000)
def _written(header: str) -> tuple[str, ...]:
    """Return the words of a header as they are written, in small letters, without units and signs."""
    text = _CAMEL.sub(" ", repaired(header).replace("³", "3"))
    text = unicodedata.normalize("NFKD", _UNITS.sub(" ", text)).encode("ascii", "ignore").decode()
    return tuple(word for word in _BREAK.split(text.lower()) if word)


@lru_cache(maxsize=20_000)
def exact(header: str) -> tuple[Match, ...]:
    """Return the fields a header names word for word, in any order, or without its spaces."""
    spelt = words(header)
    if not spelt or len(header) > LONGEST_HEADER:
        return ()
    by_words, by_letters = _index()
    found: dict[tuple[str, str], float] = {}
    for name, penalty in by_words.get(spelt, ()):
        found[name] = 1.0 - penalty
    for letters in ("".join(spelt), "".join(sorted(spelt)), "".join(_written(header))):
        for name, penalty in by_letters.get(letters, ()):
            found.setdefault(name, 0.96 - penalty)
    return _measured(header, found)


def named(cells: Sequence[str]) -> float:
    """Return how many columns a line of cells names word for word."""
    return sum(bool(exact(cell)) for cell in set(cells))


@lru_cache(maxsize=20_000)
def near(header: str) -> tuple[Match, ...]:
    """Return the fields a header names, also misspelt or with words around; the exact ones score highest."""
    spelt = words(header)
    if not spelt or len(header) > LONGEST_HEADER:
        return ()
    named = exact(header)
    found = {(one.type, one.field): 0.95 * one.score for one in exact(_ASIDE.sub(" ", header))}
    found |= {(one.type, one.field): one.score for one in named}
    less_sure = _surrounded(spelt)
    if not _known().issuperset(spelt):  # NILAI AKHIR is no NILAI AIR
        less_sure += _misspelt(spelt) + _misspelt(_written(header))
    kinds = {_kind_of(one.type, one.field) for one in named}
    if "money" in kinds:  # TAGIHAN is no NOTAGIHAN
        less_sure = [one for one in less_sure if _kind_of(*one[0]) == "money"]
    elif "integer" in kinds:  # JUMLAH REKENING is no JUMLAH
        less_sure = [one for one in less_sure if _kind_of(*one[0]) not in {"money", "decimal"}]
    for name, score in less_sure + _kindred(spelt, {one.field for one in named}):
        found[name] = max(found.get(name, 0.0), score)
    return _measured(header, found)


def below(header: str, own: str, matching: Callable[[str], tuple[Match, ...]]) -> tuple[Match, ...]:
    """Return the fields a header over several columns names together with one column's own word.

    header: all its words, the own ones last. What the words above alone would name is any of the columns, or
    the one of this month where they differ by month.
    matching: exact or near.
    """
    of_all = matching(header.removesuffix(own).strip())
    is_this_month = "kini" in words(own) and _THIS_MONTH.issuperset(words(own))
    above = set[tuple[str, str]]() if is_this_month else {one[:2] for one in of_all}
    parts = (*of_all, *matching(own)) if is_this_month else matching(own)
    found = {(one.type, one.field): 0.9 * one.score for one in parts}
    for one in (*exact(header), *(one for one in matching(header) if one[:2] not in above)):
        found[one[:2]] = max(found.get(one[:2], 0.0), one.score)
    return _measured(header, found, own)


def is_bare(header: str, field: str) -> bool:
    """Tell whether a header is one word that says little of a field: TGL of a read, NOTA of a receipt."""
    return field in _BARE and len(words(header)) == 1


def is_band(header: str) -> bool:
    """Tell whether a header is a band of ages of debts: 31-60, 31 s/d 60 hari, > 90."""
    return bool(_BAND.fullmatch(_OF_AGES.sub(" ", header).strip()))


def is_sum(header: str) -> bool:
    """Tell whether a header speaks of a sum and not of what: JUMLAH, TOTAL TAGIHAN."""
    said = set(words(header))
    return not said.isdisjoint(_SUMS) and said <= _AROUND and units.power(header, "rp") is not None


def is_price(header: str) -> bool:
    """Tell whether a header speaks of rupiah or a price."""
    return not _PRICES.isdisjoint(words(header)) or units.is_in_rupiah(header)


def may_mean(header: str, field: Field) -> bool:
    """Tell whether a header has a word that alone names an amount, or use, as the field is: TAG POKOK.

    Not where it says that it is another month's, a number of a bill or how many bills. JUMLAH JIWA counts
    something else.
    """
    said = set(words(header))
    telling = said & _alone(field.kind)
    return (
        bool(telling)
        and (not telling <= _SUMS or said <= _known())
        and "lalu" not in said
        and not any(word in said for word in ("kode", "id"))
        and all(field.kind in kinds for word, kinds in _HEADS.items() if word in said)
        and units.power(header, field.unit) is not None
        and not any(_kind_of(one.type, one.field) == "integer" for one in exact(header))
    )


@cache
def _alone(kind: str) -> frozenset[str]:
    """Return the words that alone name an amount of money, or use."""
    return frozenset(
        spelt[0]
        for spelt, named in _index()[0].items()
        if len(spelt) == 1
        and any(_kind_of(*name) == kind and (kind == "money" or name[1] in _OF_USE) for name, _ in named)
    )


def _measured(header: str, found: dict[tuple[str, str], float], own: str = "") -> tuple[Match, ...]:
    """Return what was found but for fields of another kind than a word of the header says, or other units.

    What stands under a band of ages (31-60 hari) is no age. own: the column's own part of the header.
    """
    band = is_band(own or header)
    said = frozenset(words(header))
    heads = [kinds for word, kinds in _HEADS.items() if word in said]
    is_number = any(word.startswith(_OF_NUMBERS) for word in (*said, *_written(header)))
    of_month = bool(said & _measures()) and said.isdisjoint(_OF_STANDS) and "meter" not in words(own)
    return tuple(
        Match(*name, score)
        for name, score in found.items()
        if all(_kind_of(*name) in kinds for kinds in heads)
        and units.power(header, _unit_of(*name)) is not None
        and not (band and name[1] in types()[name[0]].one_of and _kind_of(*name) == "integer")
        and not (of_month and name[1] in STANDS)
        and (name[1] != "bill_number" or is_number)
    )


def _kind_of(name: str, field: str) -> str:
    fields = types()[name].fields
    return fields[field].kind if field in fields else "period"


def _unit_of(name: str, field: str) -> str:
    fields = types()[name].fields
    return fields[field].unit if field in fields else ""


def _misspelt(spelt: tuple[str, ...]) -> list[tuple[tuple[str, str], float]]:
    """Find aliases that differ in few letters; not those that lack a whole word of the header."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - slow to import

    letters = "".join(spelt)
    shorter = {
        "".join(spelt[:at] + spelt[at + 1 :])
        for at, word in enumerate(spelt)
        if word not in _AROUND and len(word) > 2
    }
    if len(letters) < SHORTEST_FUZZY or letters.isdigit():
        return []
    _, by_letters = _index()
    close = process.extract(letters, _spellings(), scorer=fuzz.ratio, score_cutoff=FUZZY, limit=8)
    return [
        (name, 0.9 * ratio / 100 - penalty)
        for spelling, ratio, _ in close
        if spelling not in shorter
        for name, penalty in by_letters[spelling]
    ]


def _surrounded(spelt: tuple[str, ...]) -> list[tuple[tuple[str, str], float]]:
    """Find aliases of two words within a longer header, and of one word among words that add nothing."""
    by_words, _ = _index()
    found: list[tuple[tuple[str, str], float]] = []
    for length in range(1, len(spelt)):
        for start in range(len(spelt) - length + 1):
            inside = spelt[start : start + length]
            rest = spelt[:start] + spelt[start + length :]
            empty = all(word in _AROUND or word.isdigit() for word in rest)
            strange = inside[0] in _OPEN_HEADS and not any(word in _known() for word in rest)
            if length == 1 and not (empty or strange):
                continue
            bare = length == 1
            score = 0.62 + 0.2 * length / len(spelt)
            found += [
                (name, score - penalty)
                for name, penalty in by_words.get(inside, ())
                if not (bare and name[1] in _BARE)
                and not any(_beside(*name, word) for word in rest if word not in _AROUND)
                and not _differs(*name, rest)
            ]
    return found


def _differs(name: str, field: str, rest: Sequence[str]) -> bool:
    """Tell whether words that add nothing elsewhere make another thing of a field.

    This month's debts are not all of them, and the day of a bill is not the one of its payment.
    """
    return ("kini" in rest and bool(types()[name].one_of)) or (
        _kind_of(name, field) == "date" and not {"tagihan", "rekening"}.isdisjoint(rest)
    )


def _kindred(spelt: tuple[str, ...], named: set[str]) -> list[tuple[tuple[str, str], float]]:
    """Find the field of a type whose names hold all the words, one of them no other field of its kind.

    named: fields of any type that are called so word for word; then no other is meant. Amounts of money are
    too much alike to be told apart in this way.
    """
    if len(spelt) < 2:
        return []
    return [
        ((name, field), 0.66)
        for (name, field), vocabulary in _vocabularies().items()
        if vocabulary.issuperset(spelt)
        and not named - {field}
        and _kind_of(name, field) != "money"
        and not all(_shared(name, field, word) for word in spelt)
    ]


def _shared(name: str, field: str, word: str) -> bool:
    """Tell whether a word also stands in names of other fields of a type that are of the field's kind."""
    return any(
        word in vocabulary
        for (type_, other), vocabulary in _vocabularies().items()
        if type_ == name and other != field and _kind_of(name, other) == _kind_of(name, field)
    )


def _beside(name: str, field: str, word: str) -> bool:
    """Tell whether a word speaks of another field of the kind, as LALU does beside STAND METER."""
    return word not in _vocabularies()[name, field] and _shared(name, field, word)


@cache
def _known() -> frozenset[str]:
    """Return all the words of all names."""
    return frozenset[str]().union(*_vocabularies().values())


@cache
def of_money() -> frozenset[str]:
    """Return the words of the names of all amounts of money."""
    return frozenset[str]().union(
        *(said for name, said in _vocabularies().items() if _kind_of(*name) == "money")
    )


@cache
def _measures() -> frozenset[str]:
    """Return the words of amounts and of use that are no words of stands."""
    said = _vocabularies()
    of_use = (said[name] for name in said if name[1] in _OF_USE)
    return of_money().union(*of_use).difference(*(said[name] for name in said if name[1] in STANDS))


@cache
def _vocabularies() -> dict[tuple[str, str], set[str]]:
    """Return (type, field) → all the words of its names."""
    return {
        (kind.name, field): {word for alias in aliases for word in words(alias)}
        for kind in types().values()
        for field, aliases in named_fields(kind).items()
    }


@cache
def _spellings() -> list[str]:
    """Return the aliases as they may be misspelt; NO SL is too short for it: NO SLIP is another."""
    by_words, by_letters = _index()
    short = {"".join(spelt) for spelt in by_words if len(spelt) == 2 and len(spelt[1]) < 3}
    return [one for one in by_letters if len(one) >= SHORTEST_FUZZY and one not in short]


Names = dict[str, list[tuple[tuple[str, str], float]]]


@cache
def _index() -> tuple[dict[tuple[str, ...], list[tuple[tuple[str, str], float]]], Names]:
    """Return aliases → (type, field) with what a later alias costs: by words, and by letters alone."""
    by_words: dict[tuple[str, ...], list[tuple[tuple[str, str], float]]] = {}
    by_letters: Names = {}
    for kind in types().values():
        for field, aliases in named_fields(kind).items():
            for rank, alias in enumerate(aliases):
                name, penalty = (kind.name, field), min(0.03, rank * 0.001)
                spelt = words(alias)
                if all(name != other for other, _ in by_words.setdefault(spelt, [])):
                    by_words[spelt].append((name, penalty))
                for letters in {"".join(spelt), "".join(sorted(spelt)), "".join(_written(alias))}:
                    if all(name != other for other, _ in by_letters.setdefault(letters, [])):
                        by_letters[letters].append((name, penalty))
    return by_words, by_letters


def named_fields(kind: FileType) -> dict[str, tuple[str, ...]]:
    """Return what the fields of a type are called, and the halves of a period that stands in two columns."""
    named = {field.name: field.aliases for field in kind.fields.values()}
    if "period" in kind.fields:
        named |= PERIOD_PARTS
    return named


PERIOD_PARTS: Final = {
    "period_month": (
        "periode month",
        "periode bulan",
        "bulan",
        "month",
        "bulan ke",
        "bill month",
        "nomor bulan",
    ),
    "period_year": ("periode year", "periode tahun", "tahun", "year", "tahun rekening", "bill year"),
}
