"""Judge the billing periods of one customer in their order.

Order of the questions: identity → replacement → the register's end → the stand went back → use. What is
negative or incorrect suppresses the codes of use. The use counts from the last accepted stand of the same
serial; an actual read after estimates counts from the last actual one, over all days since.

A read that is wrong in itself (another serial, a slip of the pen, a date that cannot be) is not accepted: the
next one counts from the stand before it. A stand that went back is accepted, because registers do; only where
the next read would be extreme from there and is not from the stand before, the one that went back was wrong.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from arus_anomaly.rules.meter import findings as f
from arus_anomaly.rules.meter.findings import Finding, Judgement
from arus_anomaly.rules.meter.limits import Limits, LimitsOf, builtin
from arus_anomaly.rules.meter.usage import (
    AVERAGED,
    LITRES,
    Use,
    Usual,
    has_passed_its_end,
    slips,
    usual,
)
from arus_anomaly.state.meter import ACTUAL, Period, Read, Replacement

RULE: Final = "meter/1"
_DIALS: Final = 5
"""Digits of a register of which none are known; a stand of more digits has as many as it shows."""
_SPIKE_TIMES: Final = 2
_NOTHING: Final = (f.NORMAL, f.UNCOMPARED)
"""Said of a read of which there is nothing else to say."""


class Level(NamedTuple):
    """A stand that use is counted from, and when it was read."""

    stand_l: int
    day: int


class Register:
    """What is known of a customer's meter as the periods go by."""

    __slots__ = (
        "_uses", "actual", "before_back", "estimates", "last", "last_period", "level", "seen", "serial",
        "skipped", "zeros",
    )  # fmt: skip

    def __init__(self) -> None:
        self.serial = ""
        self.level: Level | None = None
        self.actual: Level | None = None
        self.before_back: Level | None = None
        self.seen: Level | None = None
        """The last stand as it was read, accepted or not."""
        self.last: Read | None = None
        self.last_period = -1
        self.estimates = self.zeros = 0
        self.skipped = False
        self._uses: deque[Use] = deque(maxlen=AVERAGED)

    @property
    def usual(self) -> Usual:
        """Return the mean use of the last accepted actual periods."""
        return usual(self._uses)

    def starts(self, read: Read, stand_l: int) -> None:
        """Take a stand as the first of a register."""
        self.serial = read.serial
        self.actual = self.before_back = None
        self.accepts(read, stand_l)

    def accepts(self, read: Read, stand_l: int) -> None:
        """Take a stand as what the next use counts from."""
        self.level = Level(stand_l, read.day)
        self.skipped = False
        self.serial = self.serial or read.serial
        if read.method == ACTUAL:
            self.actual = self.level

    def averages(self, use: Use, of: Usual, limits: Limits) -> None:
        """Let a use count as usual, unless it is extreme and more than twice what is usual: a spike."""
        if not (use.exceeds(limits) and of.times_exceeded(use, _SPIKE_TIMES)):
            self._uses.append(use)


def judge(periods: Sequence[Period], limits: LimitsOf = builtin) -> list[Judgement]:
    """Return what is said of each period of one customer. periods: all of them, the oldest first."""
    register = Register()
    judged: list[Judgement] = []
    for at, period in enumerate(periods):
        said = _period(register, period, periods[at + 1 :], limits)
        if period.rebilling:
            said = said._replace(
                findings=(*(one for one in said.findings if one not in _NOTHING), f.REBILLED),
                delta_l=period.rebilling.delta_l,
                delta_minor=period.rebilling.delta_minor,
            )
        judged.append(said)
    return judged


class _Case(NamedTuple):
    """A read that is being judged. found: what is said of it already; later: the periods behind it."""

    register: Register
    read: Read
    by: Limits
    said: Judgement
    found: list[Finding]
    later: Sequence[Period]

    def with_(self, *findings: Finding) -> Judgement:
        """Return the judgement with what was found and these."""
        return self.said._replace(findings=(*self.found, *findings), run=self.register.estimates)


def _period(register: Register, period: Period, later: Sequence[Period], limits: LimitsOf) -> Judgement:
    if not period.reads:
        return Judgement(period.number, ())
    read = period.reads[-1]
    by = limits(read.usage_class, read.recorded_ms)
    said = Judgement(
        period.number,
        (),
        read.id,
        read.day,
        read.stand_l,
        limit_l=by.extreme_l,
        drop_pct=by.drop_pct,
        limits_id=by.version_id,
        usage_class=read.usage_class,
    )
    wrong = _wrong_itself(register, period.number, read, by)
    if len({one.stand_l for one in period.reads if one.stand_l is not None}) > 1:
        wrong.append(f.TWICE)
    is_usable = all(one in (f.PREVIOUS_DIFFERS, f.TWICE) for one in wrong)
    is_skipped = read.stand_l is None or (bool(read.skip) and f.TROUBLE not in wrong)
    found = [*wrong, *_method(register, read, by)]
    case = _Case(register, read, by, said, found, later)
    if is_skipped:
        register.skipped = True
        said = case.with_(f.SKIPPED)
    else:
        said = _read(case) if is_usable else case.with_()
    register.last, register.last_period = read, period.number
    if read.stand_l is not None and f.WRONG_SERIAL not in wrong:
        register.seen = Level(read.stand_l, read.day)
    return said


def _wrong_itself(register: Register, number: int, read: Read, by: Limits) -> list[Finding]:
    """Return what is wrong with a read whatever its use."""
    stand_l, before = read.stand_l, register.last
    wrong: list[Finding] = []
    if read.recorded_ms and read.day > read.latest_day:
        wrong.append(f.FUTURE)
    if before and register.level and read.day <= register.level.day:
        wrong.append(f.NOT_LATER)
    if read.skip and read.skip in by.trouble_codes:
        wrong.append(f.TROUBLE)
    if stand_l is None:
        return wrong
    if stand_l < 0:
        wrong.append(f.BELOW_ZERO)
    if read.dials and stand_l >= _end_l(read.dials):
        wrong.append(f.BEYOND_DIALS)
    if stand_l % (LITRES // 10 ** min(read.decimals, 3)):
        wrong.append(f.FRACTION)
    if _is_other_serial(register, read) and not (read.replacement or read.opens):
        wrong.append(f.WRONG_SERIAL)
    elif _previous_differs(register, number, read):
        wrong.append(f.PREVIOUS_DIFFERS)
    return wrong


def _is_other_serial(register: Register, read: Read) -> bool:
    return bool(register.serial and read.serial and read.serial != register.serial)


def _previous_differs(register: Register, number: int, read: Read) -> bool:
    """Say whether the file's previous stand is not the stored one; only the period before can tell.

    Behind estimates a file may know of none, and say the last stand that was read.
    """
    if read.previous_l is None or read.replacement or read.opens or number != register.last_period + 1:
        return False
    was_read = register.actual if register.estimates else None
    stored = {level.stand_l for level in (register.seen, register.level, was_read) if level}
    return bool(stored) and read.previous_l not in stored


def _read(case: _Case) -> Judgement:
    """Judge a read with nothing wrong in itself."""
    register, read, by, *_ = case
    assert read.stand_l is not None
    if read.replacement:
        return _replaced(case, read.stand_l, read.replacement)
    base = _base(register, read, read.stand_l, by)
    if read.opens or base is None:
        register.starts(read, read.stand_l)
        return case.with_(f.BASELINE)
    return _counted(case, read.stand_l, base)


def _method(register: Register, read: Read, by: Limits) -> list[Finding]:
    """Say what the way of reading tells, and count estimates in a row."""
    if read.method == ACTUAL or (read.skip and not read.method):
        return []
    register.estimates += 1
    found = [f.ESTIMATED if read.method else f.METHOD_UNKNOWN]
    if register.estimates >= by.estimates:
        found.append(f.ESTIMATED_AGAIN)
    return found


def _base(register: Register, read: Read, stand_l: int, by: Limits) -> Level | None:
    """Return the stand that the use counts from."""
    if read.method == ACTUAL and register.estimates and register.actual:
        return register.actual
    level, before = register.level, register.before_back
    if level and before and stand_l >= before.stand_l:
        times = read.multiplier
        from_back = Use((stand_l - level.stand_l) * times, max(read.day - level.day, 1))
        from_before = Use((stand_l - before.stand_l) * times, max(read.day - before.day, 1))
        if from_back.exceeds(by) and not from_before.exceeds(by):
            return before
    return level


def _replaced(case: _Case, stand_l: int, change: Replacement) -> Judgement:
    """Judge the first read behind a change of the meter: use of the old register and of the new one."""
    register, read, by, _, found, _ = case
    of, base = register.usual, _base(register, read, stand_l, by)
    register.starts(read, stand_l)
    register.zeros = 0
    if read.method == ACTUAL:
        register.estimates = 0
    if change.old_final_l is None or change.new_start_l is None:
        return case.with_(f.REPLACEMENT_INCOMPLETE)
    if base is None:
        return case.with_(f.REPLACED)
    old_l, new_l = change.old_final_l - base.stand_l, stand_l - change.new_start_l
    use = Use((old_l + new_l) * read.multiplier, read.day - base.day)
    if old_l < 0 or new_l < 0:
        return _with(case.with_(f.NEGATIVE, f.REPLACED), use, base, of)
    codes = () if _incorrect(found) else _codes(read, use, of, by)
    if read.method == ACTUAL and not found:
        register.averages(use, of, by)
    return _with(case.with_(*codes, f.REPLACED), use, base, of)


def _counted(case: _Case, stand_l: int, base: Level) -> Judgement:
    """Judge a read of a register whose earlier stand is known."""
    register, read, by, _, found, later = case
    of = register.usual
    litres, days, end_l = stand_l - base.stand_l, read.day - base.day, _end_of(read, base)
    remarks: list[Finding] = []
    most_l = of.plausible_l(days, by) // read.multiplier
    if litres < 0 and has_passed_its_end(base.stand_l, stand_l, end_l, most_l):
        litres += end_l
        remarks.append(f.ROLLOVER)
    elif register.level and base.stand_l <= stand_l < register.level.stand_l and register.estimates:
        remarks.append(f.OVER_ESTIMATE)
    use = Use(litres * read.multiplier, days)
    if read.method == ACTUAL and register.estimates:
        remarks.append(f.CATCH_UP)
    elif register.skipped or use.days > by.month_days[1]:
        remarks.append(f.PRORATED)
    slip = _slip(read, base, of, later) if of.jumped_to(use) else None
    if slip:
        found.append(slip[0])
    if litres < 0:
        found.append(f.NEGATIVE)
    codes: tuple[Finding, ...] = ()
    if litres >= 0 and not _incorrect(found):
        codes = (*_codes(read, use, of, by), *_zero(register, read, use, by))
    if not (found or codes or remarks):
        codes = (f.NORMAL if of.periods else f.UNCOMPARED,)
    said = _with(case.with_(*codes, *remarks), use, base, of)
    if f.ZERO in codes:
        said = said._replace(run=register.zeros)
    if slip:
        return said._replace(would_be_l=slip[1])
    _go_on(case, stand_l, use, base)
    return said


def _go_on(case: _Case, stand_l: int, use: Use, base: Level) -> None:
    """Remember an accepted read."""
    register, read, by, _, found, _ = case
    of = register.usual
    register.before_back = base if use.litres < 0 else None
    register.accepts(read, stand_l)
    if read.method == ACTUAL:
        register.estimates = 0
        if not found:
            register.averages(use, of, by)


def _codes(read: Read, use: Use, of: Usual, by: Limits) -> tuple[Finding, ...]:
    """Return the codes of use that hold, apart from zero."""
    codes: list[Finding] = []
    if use.exceeds(by):
        codes.append(f.EXTREME)
    if read.is_active and of.dropped_to(use, by):
        codes.append(f.DROP)
    if not read.is_active and use.litres > 0:
        codes.append(f.USAGE_INACTIVE)
    return tuple(codes)


def _zero(register: Register, read: Read, use: Use, by: Limits) -> tuple[Finding, ...]:
    """Say whether an actual read shows no use, and whether that goes on so long that the meter is stuck."""
    if read.method != ACTUAL or not read.is_active:
        return ()
    if use.litres:
        register.zeros = 0
        return ()
    register.zeros += 1
    return (f.ZERO, f.STUCK) if register.zeros >= by.zeros else (f.ZERO,)


def _slip(read: Read, base: Level, of: Usual, later: Sequence[Period]) -> tuple[Finding, int] | None:
    """Return the slip of the pen that explains a jump: the use would be usual without it.

    None when the next read goes on from this stand plausibly: then the register stood there.
    """
    assert read.stand_l is not None
    following = _next_of(read, later)
    if following and following.stand_l is not None:
        onward = Use((following.stand_l - read.stand_l) * read.multiplier, max(following.day - read.day, 1))
        if onward.litres >= 0 and not of.jumped_to(onward):
            return None
    days = read.day - base.day
    for how, would_be_l in slips(read.stand_l):
        if of.suits(Use((would_be_l - base.stand_l) * read.multiplier, days)):
            return _SLIPS[how], would_be_l
    return None


_SLIPS: Final = {"swapped": f.SWAPPED, "more": f.DIGIT_MORE, "less": f.DIGIT_LESS}


def _next_of(read: Read, later: Iterable[Period]) -> Read | None:
    """Return the next read of the same register."""
    for period in later:
        for one in period.reads:
            if one.replacement or one.opens or (one.serial and read.serial and one.serial != read.serial):
                return None
            if one.stand_l is not None and not one.skip and one.method == ACTUAL:
                return one
    return None


def _incorrect(found: Iterable[Finding]) -> bool:
    return any(one.kind is f.Kind.INCORRECT for one in found)


def _end_l(dials: int) -> int:
    return 10**dials * LITRES


def _end_of(read: Read, base: Level) -> int:
    """Return where a register starts again: M, in litres."""
    shown = len(str(max(base.stand_l, 0) // LITRES))
    return _end_l(read.dials or max(_DIALS, shown))


def _with(said: Judgement, use: Use, base: Level, of: Usual) -> Judgement:
    return said._replace(
        from_l=base.stand_l,
        days=use.days,
        use_l=use.litres,
        use30_l=use.of_month,
        usual_l=of.of_month,
        usual_periods=of.periods,
    )
