"""Changes of a customer's meter: heard of from files and people, until a read shows them."""

from collections.abc import Iterable, Sequence
from typing import Final

from arus_runtime.serials import plain_serial

from arus_anomaly.state.meter import ACTUAL, Changed, Read, Replacement

_ONE_CHANGE_DAYS: Final = 31
"""A file and a person who date the change to one meter no further apart speak of the same change."""


class Changes:
    """Changes that no usable read has shown yet, and the last ones that one did."""

    __slots__ = ("_shown", "_waiting")

    def __init__(self, waiting: Iterable[Changed] = (), shown: Iterable[Changed] = ()) -> None:
        self._waiting, self._shown = list(waiting), list(shown)

    @property
    def known(self) -> tuple[Sequence[Changed], Sequence[Changed]]:
        """Return those that wait and those that were shown: what others are made from."""
        return self._waiting, self._shown

    def hears(self, change: Changed, day: int) -> None:
        """Take in a change; of one that is told twice the stands that somebody wrote down count.

        day: when it was told, which counts where it is not said when the meter was changed.
        """
        change = change._replace(
            serial=plain_serial(change.serial), old_serial=plain_serial(change.old_serial)
        )
        for at, one in enumerate(self._waiting):
            if _are_one(one, change, day):
                self._waiting[at] = _of_both(one, change)
                return
        self._waiting.append(change)

    def told_by(self, read: Read, serial: str, since: int | None) -> Changed | None:
        """Return the change that the columns of a file tell beside a read.

        serial: of the register before; since: the last day that use is known of. None where they repeat a
        change that was shown, are blank, or say when the meter was put in that has long been read: then only
        another serial, with both stands, tells a change.
        """
        stated, mine = read.replacement, plain_serial(read.serial)
        if stated is None:
            return None
        is_other = bool(serial and mine and mine != serial)
        if not (stated.is_dated or stated.old_final_l or stated.new_start_l):
            # Stands of nothing without a date are blank columns.
            return Changed(0, mine, Replacement(None, None)) if is_other else None
        change = Changed(stated.day, mine, stated)
        if any(_repeats(change, one) for one in self._shown):
            return None
        if since is not None and 0 < change.day < since and not (is_other and _is_whole(stated)):
            return None
        return change

    def shown_by(self, read: Read, serial: str, since: int | None, from_l: int | None) -> tuple[Changed, ...]:
        """Return the changes behind which a read stands, in their order; none behind which no read stood.

        serial, from_l: of the register before and its last stand; since: the last day that use is known of.
        """
        last = self.last_shown_by(read, serial, since)
        if last is None or since is None:
            return ()
        chain = [last]
        others = [one for one in self._waiting if one.serial and not _may_be_one(one.serial, last.serial)]
        while before := _before(chain[0], others, since, from_l):
            chain.insert(0, before)
            others.remove(before)
        return tuple(chain)

    def last_shown_by(self, read: Read, serial: str, since: int | None) -> Changed | None:
        """Return the last of the changes behind which a read stands."""
        if since is None or not self._waiting:
            return None
        mine = plain_serial(read.serial)
        is_other = bool(serial and mine and mine != serial)
        return max(
            (one for one in self._waiting if _leads_to(one, read, mine, since, is_other=is_other)),
            key=lambda one: one.day or read.day,
            default=None,
        )

    def show_until(self, day: int) -> None:
        """Forget what was to be shown until a day on which a register was read for the first time."""
        passed = [one for one in self._waiting if one.day <= day]
        self._shown = passed or self._shown
        self._waiting = [one for one in self._waiting if one.day > day]


def _leads_to(one: Changed, read: Read, serial: str, since: int, *, is_other: bool) -> bool:
    if not _may_be_one(one.serial, serial):
        return False
    if not one.day or is_other:
        return True
    is_named = bool(serial) and serial == one.serial
    may_be_old = one.day == read.day or (read.method != ACTUAL and not is_named)
    if may_be_old and _is_nearer_to_old(read, one.replacement):
        return False
    return since <= one.day <= read.day


def _is_nearer_to_old(read: Read, stated: Replacement) -> bool:
    """Say whether a read of the day of the change, or an estimate behind it, was one of the old register."""
    stand_l, final_l = read.stand_l, stated.old_final_l
    if stand_l is None or final_l is None:
        return False
    return abs(stand_l - final_l) < abs(stand_l - (stated.new_start_l or 0))


def _before(link: Changed, others: Iterable[Changed], since: int, from_l: int | None) -> Changed | None:
    """Return the change that put the meter in which another one took out; None: that was the one read."""
    final_l = link.replacement.old_final_l
    was_another = not link.old_serial and from_l is not None and final_l is not None and final_l < from_l
    return max(
        (
            one
            for one in others
            if since <= one.day <= (link.day or one.day)
            and (one.serial == link.old_serial or (was_another and _is_whole(one.replacement)))
        ),
        key=lambda one: one.day,
        default=None,
    )


def _may_be_one(serial: str, other: str) -> bool:
    return not serial or not other or serial == other


def _is_whole(stated: Replacement) -> bool:
    return stated.old_final_l is not None and stated.new_start_l is not None


def _are_one(one: Changed, other: Changed, day: int) -> bool:
    apart = abs((one.day or day) - (other.day or day))
    return apart <= _ONE_CHANGE_DAYS and _may_be_one(one.serial, other.serial)


def _repeats(change: Changed, shown: Changed) -> bool:
    if not _may_be_one(change.serial, shown.serial):
        return False
    if change.day and shown.day:
        return change.day == shown.day
    return change.replacement[:2] == shown.replacement[:2]


def _of_both(one: Changed, other: Changed) -> Changed:
    """Return one change that was told twice: whole stands count, else what either says."""
    mine, its = one.replacement, other.replacement
    if not _is_whole(mine):
        mine = its if _is_whole(its) else mine._replace(
            old_final_l=its.old_final_l if mine.old_final_l is None else mine.old_final_l,
            new_start_l=its.new_start_l if mine.new_start_l is None else mine.new_start_l,
        )  # fmt: skip
    return Changed(one.day or other.day, one.serial or other.serial, mine, one.old_serial or other.old_serial)
