"""What makes a catalogue record acceptable, apart from its shape."""

from functools import cache
from zoneinfo import available_timezones

# Files of the database that mean something else on every machine, or nothing.
_NOT_PLACES = {"Factory", "localtime", "posixrules"}


@cache
def timezones() -> frozenset[str]:
    """Return the IANA names this machine knows; read once, because it walks a folder tree."""
    return frozenset(available_timezones() - _NOT_PLACES)
