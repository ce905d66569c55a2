"""Of a period's reads: which meter each is of, and which one of a meter's is judged."""

from collections.abc import Collection, Sequence

from arus_runtime.serials import plain_serial

from arus_anomaly.rules.meter.register import Level, Register
from arus_anomaly.state.meter import ACTUAL, Changed, Period, Read


def by_meter(register: Register, period: Period) -> list[tuple[Register, Period]]:
    """Return a period of each meter that was read: what is known of the meter, and its reads.

    Two serials that are read in one period are two meters from then on, unless one was changed for the other.
    """
    if len(period.reads) < 2 and not register.beside:
        return [(register, period)]
    meters = [register, *register.beside]
    of_serial = {one.serial: one for one in register.beside}
    for change in period.changed:
        of_serial.get(plain_serial(change.old_serial), register).changes.hears(change, change.day)
    known = {one.serial: at for at, one in reversed([*enumerate(meters)])}
    serials = {plain_serial(read.serial) for read in period.reads}
    reads: list[list[Read]] = [[] for _ in meters]
    for read in period.reads:
        serial = plain_serial(read.serial)
        at = known.get(serial) if serial else 0
        reads[_whose(read, meters, serials) if at is None else at].append(read)
    if others := _others(register, reads[0]):
        beside: dict[str, list[Read]] = {serial: [] for serial in ("", *others)}
        for read in reads[0]:
            beside.get(plain_serial(read.serial), beside[""]).append(read)
        meters += map(Register, others)
        reads[0], *its_own = beside.values()
        reads += its_own
    register.beside = tuple(meters[1:])
    return [
        (one, period._replace(reads=tuple(its), changed=()))
        for one, its in zip(meters, reads, strict=True)
        if its
    ]


def _whose(read: Read, meters: Sequence[Register], serials: Collection[str]) -> int:
    """Return at which place the meter is that a read of an unknown serial is of; 0: the first.

    serials: all that were read in its period.
    """
    first, *others = meters
    for at, one in enumerate(others, start=1):
        # What a file tells beside a read is of the meter that was not read any more.
        is_left = first.serial in serials and one.serial not in serials
        if is_left:
            _hear(one, (read,))
        if _is_behind_change(one, read):
            return at
    return 0


def _others(register: Register, reads: Sequence[Read]) -> list[str]:
    """Return the serials of meters that are read beside one, and of which nothing was known."""
    told = [read for read in reads if not is_skipped(read)]
    serials = dict.fromkeys(serial for read in told if (serial := plain_serial(read.serial)))
    if len(serials) < 2:
        return []
    mine = register.serial or next(reversed(serials))
    if mine not in serials:
        return []
    _hear(register, reads)
    if any(_is_behind_change(register, read) for read in told if plain_serial(read.serial) != mine):
        return []
    return [serial for serial in serials if serial != mine]


def newest(reads: Sequence[Read]) -> Read:
    """Return the last read of a period that was read, an actual one without trouble first, else the last."""
    if len(reads) == 1:
        return reads[0]
    told = [read for read in reversed(reads) if not is_skipped(read)]
    actual = (read for read in told if _is_plain_read(read) and is_of_one(read, told[0]))
    return next(actual, told[0] if told else reads[-1])


def _is_plain_read(read: Read) -> bool:
    return read.method == ACTUAL and not read.trouble


def is_of_one(read: Read, other: Read) -> bool:
    """Say whether two reads may be of one register."""
    serial, its = plain_serial(read.serial), plain_serial(other.serial)
    return not serial or not its or serial == its


def changes_of(register: Register, reads: Sequence[Read], read: Read) -> Sequence[Changed]:
    """Return the changes of a meter that a read shows, in their order. reads: all of its period."""
    _hear(register, reads)
    since, last = _since(register, read)
    return register.changes.shown_by(read, register.serial, since, last and last.stand_l)


def _hear(register: Register, reads: Sequence[Read]) -> None:
    waiting = register.changes
    for one in reads:
        told = waiting.told_by(one, register.serial, register.through) if one.replacement else None
        if told:
            waiting.hears(told, one.day)


def _is_behind_change(register: Register, read: Read) -> bool:
    since, _ = _since(register, read)
    return register.changes.last_shown_by(read, register.serial, since) is not None


def _since(register: Register, read: Read) -> tuple[int | None, Level | None]:
    """Return the last day that use before a read is known of, and the stand it counts from."""
    if read.method == ACTUAL and register.is_behind_estimates and register.actual:
        return register.actual.day, register.actual
    return register.through, register.level


def says_nothing(read: Read) -> bool:
    """Say whether a read has neither a stand nor a volume."""
    return read.stand_l is None and read.volume_l is None


def is_skipped(read: Read) -> bool:
    """Say whether nothing was read; what was put in place of a read, for whatever reason, is an estimate."""
    return says_nothing(read) or (bool(read.skip) and read.method in ("", ACTUAL))


def says_two_things(read: Read, reads: Sequence[Read]) -> bool:
    """Say whether a period was read twice, with another result; reads of two meters are none of one."""
    if len(reads) == 1:
        return False
    of_it = [one for one in reads if not is_skipped(one) and is_of_one(one, read)]
    # Who came to read stands in the place of an estimate; two estimates of one period differ.
    of_it = [one for one in of_it if one.method == ACTUAL] or of_it
    stands = {one.stand_l for one in of_it if one.stand_l is not None}
    volumes = {one.volume_l for one in of_it if one.volume_l is not None}
    return len(stands or volumes) > 1
