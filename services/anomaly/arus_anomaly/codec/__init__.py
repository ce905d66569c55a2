"""Wire to domain and back: what is written down, told and stored, by subject."""

from arus_anomaly.codec.histories import (
    dump_history,
    dump_rows,
    load_history,
    load_rows,
)
from arus_anomaly.codec.keys import (
    Key,
    business_date,
    key,
    key_of,
    milliseconds,
    ordinal,
    ulid_bytes,
    ulid_start,
    ulid_text,
)
from arus_anomaly.codec.thresholds import (
    PLAIN,
    VERSION_COLUMNS,
    WEEKDAY,
    add_versions,
    percent,
    ppm,
    profile,
    threshold_set,
    version,
)
from arus_anomaly.codec.verdicts import (
    FUEL,
    Verdict,
    fact,
    reached,
    verdict,
    withdrawn,
)

__all__ = [
    "FUEL",
    "PLAIN",
    "VERSION_COLUMNS",
    "WEEKDAY",
    "Key",
    "Verdict",
    "add_versions",
    "business_date",
    "dump_history",
    "dump_rows",
    "fact",
    "key",
    "key_of",
    "load_history",
    "load_rows",
    "milliseconds",
    "ordinal",
    "percent",
    "ppm",
    "profile",
    "reached",
    "threshold_set",
    "ulid_bytes",
    "ulid_start",
    "ulid_text",
    "verdict",
    "version",
    "withdrawn",
]
