"""A made-up town of water customers: their months, what they pay, and anomalies planted with their answers.

Pure: the same customers, periods and seed give the same town. It knows no rule that judges: what was planted
is told, and everything else is made so ordinary that nothing should be said of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final, Literal

Kind = Literal["extreme", "turun", "zero", "negative", "salah_catat", "rebill", "estimasi"]
KINDS: Final[tuple[Kind, ...]] = ("extreme", "turun", "zero", "negative", "salah_catat", "rebill", "estimasi")

LEAST_PERIODS: Final = 6
LEAST_CUSTOMERS: Final = 60
SHARE: Final = 40  # one customer in so many has each kind planted, at least two
DIALS: Final = 5
TURN: Final = 10**DIALS
ORDINARY_M3: Final = 110
TARIFFS: Final = {"2A1": 3_550, "2A2": 4_900, "2A3": 6_825, "3A": 9_800, "3B": 12_550}
FIXED_CHARGE: Final = 8_500
ADMIN_FEE: Final = 2_500
PENALTY: Final = 10_000
READERS: Final = ("JOKO S", "AGUS W", "RINI P", "DEDI K", "MARYONO")
CHANNELS: Final = ("LOKET", "BANK DKI", "INDOMARET", "TOKOPEDIA", "MANDIRI")
_FIRST: Final = [
    "BUDI",
    "SITI",
    "AHMAD",
    "DEWI",
    "ANDI",
    "RINA",
    "HENDRA",
    "MAYA",
    "RUDI",
    "LINA",
    "YUSUF",
    "ANITA",
    "TONO",
    "WATI",
    "FAJAR",
    "NUR",
    "IRWAN",
    "SRI",
]
_LAST: Final = [
    "SANTOSO",
    "RAHAYU",
    "WIJAYA",
    "LESTARI",
    "HIDAYAT",
    "PUTRI",
    "GUNAWAN",
    "SARI",
    "NUGROHO",
    "UTAMI",
    "HALIM",
    "SIREGAR",
    "TANAKA",
]
_STREETS: Final = (
    "JL SUNTER KARYA",
    "JL DANAU SUNTER",
    "JL AGUNG NIAGA",
    "JL GRIYA",
    "JL PARADISE",
    "GG MANGGA",
    "JL YOS SUDARSO",
)


@dataclass(frozen=True, slots=True)
class Customer:
    """One connection. usual_m3: what it uses in thirty days; read_day: of the month."""

    nomen: str
    name: str
    address: str
    rayon: str
    route: str
    tariff: str
    serial: str
    usual_m3: float
    read_day: int
    pays: float


@dataclass(frozen=True, slots=True)
class Read:
    """One register read as the file tells it; volume_m3 is what the file says was used."""

    customer: Customer
    period: str
    read_date: date
    serial: str
    stand_awal: int
    stand_akhir: int
    volume_m3: int
    method: str = "ACTUAL"
    skip: str = ""
    trouble: str = ""
    reader: str = READERS[0]
    removed_at: int | None = None
    fitted_at: int | None = None
    replaced_on: date | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """One version of a bill."""

    customer: Customer
    period: str
    number: str
    issued: date
    due: date
    stand_awal: int
    stand_akhir: int
    volume_m3: int
    water: Decimal
    reason: str = ""

    @property
    def amount(self) -> Decimal:
        """What is to be paid, in rupiah."""
        return self.water + FIXED_CHARGE + ADMIN_FEE


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of one bill."""

    bill: Bill
    paid_on: date
    kind: Literal["CURRENT", "UNDUE", "ARREARS"]
    channel: str
    receipt: str
    penalty: Decimal


@dataclass(frozen=True, slots=True)
class Planted:
    """An answer: in this period this customer has exactly these anomalies; none for a mere look-alike."""

    nomen: str
    period: str
    kinds: tuple[Kind, ...]
    about: str


@dataclass(slots=True)
class Town:
    """Everything that happened, in the order of customers and periods."""

    customers: tuple[Customer, ...]
    periods: tuple[str, ...]
    reads: list[Read] = field(default_factory=list[Read])
    bills: list[Bill] = field(default_factory=list[Bill])
    payments: list[Payment] = field(default_factory=list[Payment])
    planted: list[Planted] = field(default_factory=list[Planted])


def town(customers: int, periods: int, seed: int, *, last: str = "2025-12") -> Town:
    """Make a town. Raises ValueError with fewer than 60 customers or 6 periods: nothing could be planted."""
    if customers < LEAST_CUSTOMERS or periods < LEAST_PERIODS:
        raise ValueError(
            f"a town has >= {LEAST_CUSTOMERS} customers and >= {LEAST_PERIODS} periods, "
            f"got {customers} and {periods}"
        )
    chance = Random(seed)  # noqa: S311 - a town, not a secret
    made = Town(tuple(_customer(number, chance) for number in range(customers)), _months(last, periods))
    order = list(made.customers)
    chance.shuffle(order)
    fates = _fates(customers)
    for customer, fate in zip(order, fates + [""] * (customers - len(fates)), strict=True):
        _live(made, customer, fate, chance)
    made.reads.sort(key=lambda one: (one.period, one.customer.nomen))
    made.bills.sort(key=lambda one: (one.period, one.customer.nomen, one.number))
    made.payments.sort(key=lambda one: (one.paid_on, one.bill.customer.nomen, one.receipt))
    made.planted.sort(key=lambda one: (one.period, one.nomen))
    return made


def _fates(customers: int) -> list[str]:
    """Return what happens to the first customers of a shuffled list: every kind and every look-alike."""
    times = max(2, customers // SHARE)
    anomalies = [
        "extreme",
        "turun",
        "zero",
        "stuck",
        "negative",
        "wrong start",
        "wrong serial",
        "swapped",
        "rebill",
        "estimate",
    ]
    alike = ["exactly 100", "exactly half", "rollover", "replaced", "new", "repeat"]
    return (anomalies * times)[: customers // 2] + alike * max(1, times // 4)


def _customer(number: int, chance: Random) -> Customer:
    rayon = chance.choice(("34", "35"))
    route = f"{rayon}0{chance.randint(10, 99)}{chance.randint(10, 30):02}{chance.randint(1, 9):02}"
    return Customer(
        nomen=f"{60_000_000 + number * 37 + chance.randint(0, 30)}",
        name=f"{chance.choice(_FIRST)} {chance.choice(_LAST)}",
        address=f"{chance.choice(_STREETS)} NO {chance.randint(1, 250)} RT {chance.randint(1, 12):03}",
        rayon=rayon,
        route=route,
        tariff=chance.choice(tuple(TARIFFS)),
        serial=f"{chance.choice('ABKM')}{chance.randint(10**7, 10**8 - 1)}",
        usual_m3=chance.uniform(14, 52),
        read_day=chance.randint(3, 24),
        pays=0.5 if chance.random() < 0.12 else 0.97,
    )


def _months(last: str, periods: int) -> tuple[str, ...]:
    year, month = map(int, last.split("-"))
    numbers = [year * 12 + month - 1 - back for back in range(periods - 1, -1, -1)]
    return tuple(f"{number // 12:04}-{number % 12 + 1:02}" for number in numbers)


def _day(period: str, day: int) -> date:
    year, month = map(int, period.split("-"))
    return date(year, month, day)


def _live(made: Town, customer: Customer, fate: str, chance: Random) -> None:
    """Let a customer's months pass; what is planted falls in the last of them and disturbs no later one."""
    last = made.periods[-1]
    if fate == "extreme":
        customer = replace(customer, usual_m3=chance.uniform(45, 55))
    if fate in {"exactly 100", "exactly half"}:
        customer = replace(customer, usual_m3=40.0)
    stand = chance.randint(300, 60_000)
    if fate == "rollover":
        stand = TURN - 10 - 40 * (len(made.periods) - 1)
        customer = replace(customer, usual_m3=40.0)
    periods = made.periods if fate != "new" else made.periods[-1:]
    before = _day(periods[0], customer.read_day) - timedelta(days=30)
    for at, period in enumerate(periods):
        on = _day(period, customer.read_day + chance.choice((-1, 0, 0, 1)))
        use = round(customer.usual_m3 * (on - before).days / 30 * chance.uniform(0.9, 1.1))
        if fate in {"exactly half", "rollover"}:
            on, use = before + timedelta(days=30), 40
        read = Read(
            customer, period, on, customer.serial, stand, stand + use, use, reader=chance.choice(READERS)
        )
        if period == last or (fate == "stuck" and at >= len(periods) - 3):
            read = _touched(made, read, fate, chance)
        made.reads.append(read)
        if fate == "repeat" and period == last:
            made.reads.append(read)
        _bill(made, read, fate, chance)
        stand, before = read.stand_akhir, on


def _touched(made: Town, read: Read, fate: str, chance: Random) -> Read:
    """Plant a fate in a read and tell the answer."""

    def answer(about: str, *kinds: Kind) -> None:
        made.planted.append(Planted(read.customer.nomen, read.period, kinds, about))

    def using(use: int) -> Read:
        return replace(read, stand_akhir=read.stand_awal + use, volume_m3=use)

    usual = round(read.customer.usual_m3)
    match fate:
        case "extreme":
            use = _plain(read, chance, 130, 380)
            answer(f"{use} m3, usually {usual}", "extreme")
            return using(use)
        case "turun":
            use = max(1, round(usual * chance.uniform(0.15, 0.35)))
            answer(f"{use} m3, usually {usual}", "turun")
            return using(use)
        case "zero" | "stuck":
            answer("nothing used" if fate == "zero" else "nothing used for months: a stuck meter", "zero")
            return using(0)
        case "negative":
            use = _plain(read, chance, -60, -15)
            answer(f"the stand went back by {-use}", "negative")
            return using(use)
        case "wrong start":
            answer("the file's previous stand is not the one that was read", "salah_catat")
            return replace(
                read, stand_awal=read.stand_awal + 70, volume_m3=read.stand_akhir - read.stand_awal - 70
            )
        case "wrong serial":
            answer("the serial number is another meter's", "salah_catat")
            return replace(read, serial=f"Z{chance.randint(10**7, 10**8 - 1)}")
        case "swapped":
            return _swapped(made, read)
        case "estimate":
            answer("not read but estimated", "estimasi")
            return replace(read, method="ESTIMATE", skip="PAGAR TERKUNCI")
        case "exactly 100":
            answer("100 m3 are not more than 100")
            return using(100)
        case "exactly half":
            answer("half is not less than half")
            return using(20)
        case "rollover":
            answer("the register turned over")
            return replace(read, stand_akhir=read.stand_awal + 22 - TURN, volume_m3=22)
        case "replaced":
            serial = f"N{chance.randint(10**7, 10**8 - 1)}"
            answer("a new meter, with the old one's last stand")
            old, new = read.volume_m3 // 2, read.volume_m3 - read.volume_m3 // 2
            return replace(
                read,
                serial=serial,
                stand_akhir=new,
                removed_at=read.stand_awal + old,
                fitted_at=0,
                replaced_on=read.read_date - timedelta(days=12),
            )
        case "new":
            answer("a first read is only a base line")
            return read
        case "repeat":
            answer("the same read twice says nothing new")
            return read
        case _:
            return read


def _plain(read: Read, chance: Random, least: int, most: int) -> int:
    """Return a use whose stand no slip of the pen explains: no swapped, lost or added digit is ordinary."""
    use = least
    for _ in range(200):
        use = chance.randint(least, most)
        digits = str(read.stand_awal + use)
        slips = {
            digits[:at] + digits[at + 1 : at + 2] + digits[at] + digits[at + 2 :] for at in range(len(digits))
        }
        slips |= {digits[:at] + digits[at + 1 :] for at in range(len(digits))}
        slips |= {digits[:at] + more + digits[at:] for at in range(len(digits) + 1) for more in "0123456789"}
        if not any(one and 0 <= int(one) - read.stand_awal <= ORDINARY_M3 for one in slips - {digits}):
            break
    return use


def _swapped(made: Town, read: Read) -> Read:
    """Swap the two digits of the stand that make the greatest jump which still is a stand of the register."""
    digits = f"{read.stand_akhir:0{DIALS}}"
    ways = [int(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]) for at in range(DIALS - 1)]
    jumps = [one for one in ways if one > read.stand_akhir + 200]
    if not jumps:
        made.planted.append(Planted(read.customer.nomen, read.period, (), "nothing to swap: left as it was"))
        return read
    made.planted.append(
        Planted(read.customer.nomen, read.period, ("salah_catat",), "two digits of the stand are swapped")
    )
    return replace(read, stand_akhir=min(jumps), volume_m3=min(jumps) - read.stand_awal)


def _bill(made: Town, read: Read, fate: str, chance: Random) -> None:
    """Bill a read, bill it again where that was planted, and let the customer pay or not."""
    customer, period = read.customer, read.period
    issued = _day(period, 25)
    volume = max(0, min(read.volume_m3, 400))
    bill = Bill(
        customer,
        period,
        f"{period[2:4]}{period[5:]}{customer.nomen}",
        issued,
        _day(_after(period), 20),
        read.stand_awal,
        read.stand_akhir,
        volume,
        Decimal(TARIFFS[customer.tariff]) * volume,
    )
    made.bills.append(bill)
    last = made.periods[-1]
    if fate == "rebill" and period == last:
        less = max(1, volume // 3)
        again = replace(
            bill,
            number=f"{bill.number}K",
            volume_m3=volume - less,
            reason="KOREKSI",
            water=Decimal(TARIFFS[customer.tariff]) * (volume - less),
        )
        made.bills.append(again)
        made.planted.append(Planted(customer.nomen, period, ("rebill",), f"billed again with {less} m3 less"))
        return
    if chance.random() < customer.pays:
        early = chance.random() < 0.1
        paid_on = issued + timedelta(days=chance.randint(0, 3) if early else chance.randint(4, 6))
        made.payments.append(_payment(bill, paid_on, "UNDUE" if early else "CURRENT", chance))
    elif chance.random() < 0.4 and period != last:
        made.payments.append(_payment(bill, _day(_after(period), chance.randint(21, 28)), "ARREARS", chance))


def _payment(
    bill: Bill, paid_on: date, kind: Literal["CURRENT", "UNDUE", "ARREARS"], chance: Random
) -> Payment:
    penalty = Decimal(PENALTY if kind == "ARREARS" else 0)
    return Payment(
        bill, paid_on, kind, chance.choice(CHANNELS), f"TRX{chance.randint(10**9, 10**10 - 1)}", penalty
    )


def _after(period: str) -> str:
    year, month = map(int, period.split("-"))
    return f"{year + month // 12:04}-{month % 12 + 1:02}"


def owed(made: Town, period: str) -> Iterator[Bill]:
    """Yield the bills that are not paid at the end of a period."""
    end = _after(period)
    paid = {one.bill.number for one in made.payments if f"{one.paid_on:%Y-%m}" <= period}
    corrected = {one.number.removesuffix("K") for one in made.bills if one.reason}
    for bill in made.bills:
        if bill.period < end and bill.number not in paid and bill.number not in corrected:
            yield bill
