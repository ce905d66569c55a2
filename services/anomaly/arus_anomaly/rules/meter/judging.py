"""Judge the billing periods of one customer in their order.

Order of the questions: identity → replacement → the register's end → the stand went back → use. What is
negative or incorrect suppresses the codes of use. The use counts from the last accepted stand of the same
serial; an actual read after estimates counts from the last actual one, over all days since. Where a file says
a volume and no stand, that is the use.

A read that is wrong in itself (another serial, a slip of the pen, a date that cannot be) is not accepted: the
next one counts from the stand before it. A stand that went back is accepted, because registers do; only where
the next read would be extreme from there and is not from the stand before, the one that went back was wrong.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final, NamedTuple

from arus_runtime.serials import plain_serial

from arus_anomaly.rules.meter import findings as f
from arus_anomaly.rules.meter.ends import counted_on, dials_of, end_l, end_of, was_overestimated
from arus_anomaly.rules.meter.findings import Finding, Judgement
from arus_anomaly.rules.meter.limits import Limits, LimitsOf, builtin
from arus_anomaly.rules.meter.meters import (
    by_meter,
    changes_of,
    is_skipped,
    newest,
    says_nothing,
    says_two_things,
)
from arus_anomaly.rules.meter.register import Level, Register
from arus_anomaly.rules.meter.slips import slip_of
from arus_anomaly.rules.meter.usage import SPIKE_TIMES, Use, Usual
from arus_anomaly.state.meter import ACTUAL, Changed, Period, Read, Settled

RULE: Final = "meter/6"
"""Another name for every change of what follows from reads: what was settled by this one is judged again."""
_KINDS: Final = tuple(f.Kind)
_MOST_BESIDE: Final = 20
_NOTHING: Final = (f.NORMAL, f.UNCOMPARED)
"""Said of a read of which there is nothing else to say."""


def judge(periods: Sequence[Period], limits: LimitsOf = builtin) -> list[Judgement]:
    """Return what is said of each period of one customer. periods: all of them, the oldest first."""
    return judge_on(None, periods, limits)[0]


def judge_on(
    settled: Settled | None, periods: Sequence[Period], limits: LimitsOf = builtin
) -> tuple[list[Judgement], Settled | None]:
    """Return the same of the periods behind those that are settled, and how far all is settled now.

    What is said of a period may hang on a later one: while that one was not told, nothing more is settled.
    How far all is settled follows from the periods alone, not from when they were told.
    """
    register, judged, through = _behind(settled), list[Judgement](), -1
    for at, period in enumerate(periods):
        said = _period(register, period, periods[at + 1 :], limits)
        if period.rebilling:
            said = said._replace(
                findings=(*(one for one in said.findings if one not in _NOTHING), f.REBILLED),
                delta_l=period.rebilling.delta_l,
                delta_minor=period.rebilling.delta_minor,
                usage_class=said.usage_class if period.reads else period.rebilling.usage_class,
            )
        judged.append(said)
        if said.findings and register.hangs_on <= period.number:
            through = at
    if through < 0:
        return judged, settled
    if any(said.findings for said in judged[through + 1 :]):
        register = _behind(settled)
        for at, period in enumerate(periods[: through + 1]):
            _period(register, period, periods[at + 1 :], limits)
    return judged, Settled(periods[through].number, register)


def _behind(settled: Settled | None) -> Register:
    """Return what is known of the meter behind the periods that are settled."""
    if settled is None:
        return Register()
    assert isinstance(settled.register, Register)
    return settled.register.copy()


class _Case(NamedTuple):
    """A read that is being judged. found: what is said of it already; later: the periods behind it.

    changes: of the meter since the last use that is known.
    """

    register: Register
    read: Read
    by: Limits
    said: Judgement
    found: list[Finding]
    later: Sequence[Period]
    changes: Sequence[Changed]

    def with_(self, *findings: Finding, **numbers: int | None) -> Judgement:
        """Return the judgement with what was found and these, and with numbers."""
        return self.said._replace(
            **{"run": self.register.estimates, **numbers, "findings": (*self.found, *findings)}
        )


def _period(register: Register, period: Period, later: Sequence[Period], limits: LimitsOf) -> Judgement:
    """Judge a period: of several meters each by its own reads, and first the one that tells most."""
    if not period.reads:
        return Judgement(period.number, ())
    serial, said = register.serial, list[Judgement]()
    for meter, its in by_meter(register, period):
        is_new = bool(serial) and meter is not register and not meter.period
        of_it = _of_meter(meter, its, later, limits)
        said.append(of_it._replace(findings=(f.WRONG_SERIAL, *of_it.findings)) if is_new else of_it)
        if register.beside:
            said[-1] = said[-1]._replace(serial=meter.serial or plain_serial(newest(its.reads).serial))
        register.hangs_on = max(register.hangs_on, meter.hangs_on)
    first, *others = sorted(said, key=_telling)
    return first._replace(beside=tuple(others[:_MOST_BESIDE])) if others else first


def _telling(said: Judgement) -> tuple[int, bool]:
    """Return what comes first of two judgements: an anomaly, in the order of R-26, then what was read."""
    return min(map(_KINDS.index, said.kinds), default=len(_KINDS)), said.is_skipped


def _of_meter(register: Register, period: Period, later: Sequence[Period], limits: LimitsOf) -> Judgement:
    """Judge what was read of one meter in a period."""
    last = newest(period.reads)
    for change in period.changed:
        register.changes.hears(change, change.day)
    changes = changes_of(register, period.reads, last)
    read = _judged(last, changes)
    by = limits(read.usage_class, period.meter_size, read.recorded_ms)
    register.makes_room(read.day, by.month_days[0])
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
    wrong = _wrong_itself(register, read, by, is_next=period.number == register.period + 1)
    register.period = period.number
    if says_two_things(read, period.reads):
        wrong.append(f.TWICE)
    is_usable = f.REFUSED.isdisjoint(wrong)
    if is_skipped(read) and (f.TROUBLE not in wrong or says_nothing(read)):
        register.skipped = True
        said = said._replace(findings=(*wrong, f.SKIPPED))
    else:
        case = _Case(register, read, by, said, [*wrong, *_method(register, read, by)], later, changes)
        said = _read(case) if is_usable else case.with_()
    if read.stand_l is not None and f.WRONG_SERIAL not in wrong:
        register.sees(read, read.stand_l)
    return said


def _judged(read: Read, changes: Sequence[Changed]) -> Read:
    """Return a read with the change that it shows."""
    serial, change = plain_serial(read.serial), changes[-1].replacement if changes else None
    if serial == read.serial and change is read.replacement:
        return read
    return read._replace(serial=serial, replacement=change)


def _wrong_itself(register: Register, read: Read, by: Limits, *, is_next: bool) -> list[Finding]:
    """Return what is wrong with a read whatever its use. is_next: nothing is missing before its period."""
    stand_l = read.stand_l
    wrong: list[Finding] = []
    is_other = _is_other_serial(register, read)
    is_put_in = bool(read.replacement or read.opens)
    if read.recorded_ms and read.day > read.latest_day and not read.is_date_assumed:
        wrong.append(f.FUTURE)
    if not register.is_later(read.day):
        wrong.append(f.NOT_LATER)
    if not by.trouble_codes.isdisjoint((read.skip, read.trouble)):
        wrong.append(f.TROUBLE)
    if stand_l is not None:
        if stand_l < 0:
            wrong.append(f.BELOW_ZERO)
        dials = read.dials or (0 if is_other or is_put_in else register.dials)
        if dials and stand_l >= end_l(dials):
            wrong.append(f.BEYOND_DIALS)
        if not register.may_show(read, stand_l):
            wrong.append(f.FRACTION)
    if is_other and not is_put_in:
        wrong.append(f.WRONG_SERIAL)
    elif is_next and stand_l is not None and _previous_differs(register, read):
        wrong.append(f.PREVIOUS_DIFFERS)
    return wrong


def _is_other_serial(register: Register, read: Read) -> bool:
    return bool(register.serial and read.serial and read.serial != register.serial)


def _previous_differs(register: Register, read: Read) -> bool:
    """Say whether the file's previous stand is not the stored one.

    Behind estimates a file may know of none, and say the last stand that was read; behind a period that never
    came it says a stand that nobody here knows.
    """
    if read.previous_l is None or read.replacement or read.opens or not register.says_what_was_before:
        return False
    was_read = register.actual if register.is_behind_estimates else None
    levels = [level for level in (register.seen, register.level, was_read) if level]
    return read.previous_l not in {stand_l for level in levels for stand_l in (level.stand_l, level.raw_l)}


def _read(case: _Case) -> Judgement:
    """Judge a read with nothing wrong in itself."""
    register, read, by, *_ = case
    if read.stand_l is None:
        assert read.volume_l is not None
        return _stated(case, read.volume_l)
    if case.changes:
        return _replaced(case, read.stand_l)
    base = _base(register, read, read.stand_l, by)
    if read.opens or base is None:
        register.starts(read, read.stand_l)
        return case.with_(f.BASELINE)
    return _counted(case, read.stand_l, base)


def _method(register: Register, read: Read, by: Limits) -> list[Finding]:
    """Say what the way of reading tells, and count estimates in a row."""
    if read.method == ACTUAL:
        register.estimates = 0  # also where the stand is refused: somebody came
        return []
    register.estimates += 1
    register.is_behind_estimates = True
    found = [f.ESTIMATED if read.method else f.METHOD_UNKNOWN]
    if register.estimates >= by.estimates:
        found.append(f.ESTIMATED_AGAIN)
    return found


def _base(register: Register, read: Read, stand_l: int, by: Limits) -> Level | None:
    """Return the stand that the use counts from."""
    level, actual, before = register.level, register.actual, register.before_back
    is_since_actual = read.method == ACTUAL or was_overestimated(register, read, stand_l, by)
    if register.is_behind_estimates and level and actual and is_since_actual:
        return actual
    if level and before and stand_l >= before.stand_l:
        times = read.multiplier
        from_back = Use((stand_l - level.stand_l) * times, max(read.day - level.day, 1))
        from_before = Use((stand_l - before.stand_l) * times, max(read.day - before.day, 1))
        is_explained = not (
            from_before.exceeds(by) or register.usual.times_exceeded(from_before, SPIKE_TIMES)
        )
        if from_back.exceeds(by) and is_explained:
            return before
    return level


def _replaced(case: _Case, stand_l: int) -> Judgement:
    """Judge the first read behind changes of the meter: use of each register in its turn."""
    register, read, by, _, found, _, changes = case
    stands = (*chain.from_iterable(one.replacement[:2] for one in changes), stand_l)
    whole = [one for one in stands if one is not None]
    of, dials, old_l = register.usual, register.dials, stands[0]
    base = _base(register, read, stand_l if old_l is None else old_l, by)
    if base is None or len(whole) < len(stands):
        register.starts(read, stand_l)
        register.zeros = 0
        return case.with_(f.REPLACED if len(whole) == len(stands) else f.REPLACEMENT_INCOMPLETE)
    days = read.day - base.day
    most_l = of.plausible_l(days, by) // read.multiplier
    counted = [
        counted_on(from_l, to_l, end_of(of_dials, from_l), most_l)
        for from_l, to_l, of_dials in zip(
            (base.stand_l, *whole[1::2]), whole[::2], (dials, *[0] * (len(changes) - 1), read.dials),
            strict=True,
        )
    ]  # fmt: skip
    use = Use((base.used_l + sum(litres for litres, _ in counted)) * read.multiplier, days)
    remarks = [f.REPLACED, *_remarks(case, use, whole[0])]
    if any(has_passed for _, has_passed in counted):
        remarks.insert(1, f.ROLLOVER_REPLACED)
    register.starts(read, stand_l)
    register.zeros = 0
    if any(litres < 0 for litres, _ in counted):
        back = f.NEW_BELOW_START if counted[-1][0] < 0 else f.OLD_BELOW_LAST
        return case.with_(back, *remarks, **_numbers(use, of, base))
    if read.method != ACTUAL and base.is_read:
        before_l = base.used_l + sum(litres for litres, _ in counted[:-1])
        register.actual = Level(whole[-2], base.day, before_l)
    codes = () if _incorrect(found) else _codes(read, use, of, by)
    register.uses(read, use, by, base)
    return case.with_(*codes, *remarks, **_numbers(use, of, base))


def _remarks(case: _Case, use: Use, stand_l: int) -> list[Finding]:
    """Say how a use is spread over days. stand_l: the last of the register that the use counts from."""
    register, read, by, *_ = case
    remarks: list[Finding] = []
    if was_overestimated(register, read, stand_l, by):
        remarks.append(f.OVER_ESTIMATE)
    if read.method == ACTUAL and register.is_behind_estimates:
        remarks.append(f.CATCH_UP)
    elif register.skipped or use.days > by.month_days[1]:
        remarks.append(f.PRORATED)
    return remarks


def _stated(case: _Case, volume_l: int) -> Judgement:
    """Judge a period of which a file says what was used, and no stand."""
    register, read, by, _, found, *_ = case
    of, use = register.usual, Use(volume_l, register.days_until(read.day))
    remarks = [f.PRORATED] if register.skipped or use.days > by.month_days[1] else []
    if read.replacement:
        register.forgets(read)
        register.zeros = 0
        remarks.append(f.REPLACED)
    if volume_l < 0:
        found.append(f.NEGATIVE_VOLUME)
    said = _used(case, use, of, None, zero=f.ZERO_VOLUME, remarks=remarks)
    register.goes_on(read)
    register.uses(read, use, by)
    return said


def _counted(case: _Case, stand_l: int, base: Level) -> Judgement:
    """Judge a read of a register whose earlier stand is known."""
    register, read, by, _, found, later, _ = case
    of, days = register.usual, read.day - base.day
    end_l = end_of(dials_of(register, read, stand_l, base), base.stand_l)
    litres, has_passed = counted_on(base.stand_l, stand_l, end_l, of.plausible_l(days, by) // read.multiplier)
    if litres < 0 and read.method == ACTUAL and not (base.is_read or register.actual):
        # No register went back where nobody had read it: an estimate alone stood before.
        register.accepts(read, stand_l)
        return case.with_(f.BASELINE, f.OVER_ESTIMATE)
    use = Use((base.used_l + litres) * read.multiplier, days)
    remarks = [f.ROLLOVER] if has_passed else []
    remarks += _remarks(case, use, stand_l)
    is_odd = litres < 0 or of.jumped_to(use) or (use.exceeds(by) and of.times_exceeded(use, SPIKE_TIMES))
    slip = slip_of(register, read, base, later) if is_odd else None
    if slip:
        found.append(slip[0])
    if litres < 0:
        found.append(f.NEGATIVE)
    said = _used(case, use, of, base, zero=f.ZERO, remarks=remarks)
    if slip:
        return said._replace(would_be_l=slip[1])
    if litres < 0 and read.method == ACTUAL:
        register.undoes(read, base.stand_l - stand_l)
    register.before_back = base if litres < 0 else None
    register.accepts(read, stand_l)
    register.uses(read, use, by, base)
    return said


def _used(
    case: _Case, use: Use, of: Usual, base: Level | None, *, zero: Finding, remarks: Sequence[Finding]
) -> Judgement:
    """Return what there is to say of a use; base: the stand it counts from; zero: how none is told."""
    register, read, by, _, found, *_ = case
    codes: tuple[Finding, ...] = ()
    if use.litres >= 0 and not _incorrect(found):
        codes = (*_codes(read, use, of, by), *_zero(register, read, use, by, zero))
    if not (found or codes or remarks):
        codes = (f.NORMAL if of.periods else f.UNCOMPARED,)
    numbers = _numbers(use, of, base)
    if zero in codes:
        numbers["run"] = register.zeros
    return case.with_(*codes, *remarks, **numbers)


def _codes(read: Read, use: Use, of: Usual, by: Limits) -> tuple[Finding, ...]:
    """Return the codes of use that hold, apart from zero."""
    codes: list[Finding] = []
    if use.exceeds(by):
        codes.append(f.EXTREME)
    if of.dropped_to(use, by):
        codes.append(f.DROP)
    if not read.is_active and use.litres > 0:
        codes.append(f.USAGE_INACTIVE)
    return tuple(codes)


def _zero(register: Register, read: Read, use: Use, by: Limits, zero: Finding) -> tuple[Finding, ...]:
    """Say whether an actual read shows no use, and whether that goes on so long that the meter is stuck.

    One that shows what was estimated for the time before shows none since, whatever is spread over all days.
    """
    shows_none = not use.litres or (register.level and read.stand_l == register.level.stand_l)
    if not shows_none or read.method != ACTUAL or not read.is_active:
        return ()
    register.zeros += 1
    return (zero, f.STUCK) if register.zeros >= by.zeros else (zero,)


def _incorrect(found: Iterable[Finding]) -> bool:
    return any(one.kind is f.Kind.INCORRECT for one in found)


def _numbers(use: Use, of: Usual, base: Level | None) -> dict[str, int | None]:
    """Return a judgement's numbers of a use."""
    return {
        "from_l": base and base.stand_l,
        "days": use.days,
        "use_l": use.litres,
        "use30_l": use.of_month,
        "usual_l": of.of_month,
        "usual_periods": of.periods,
    }
