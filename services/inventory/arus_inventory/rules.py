"""What makes a catalogue record acceptable, apart from its shape."""

from functools import cache
from zoneinfo import available_timezones

DEFAULT_TIMEZONE = "Asia/Jakarta"


@cache
def timezones() -> frozenset[str]:
    """Return the IANA names this machine knows; read once, because it walks a folder tree."""
    return frozenset(available_timezones())
