"""Messages of the live feed in words: names instead of ids, reasons in the reader's language."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from arus.anomaly.v1.events_pb2 import CaseChanged, IncidentAnswered, IncidentChanged, VerdictReached
from arus.imports.v1.events_pb2 import ImportChanged
from arus_contracts.enums import UnknownValue
from arus_runtime import tracing
from arus_runtime.words import Language

from arus_gateway import codec
from arus_gateway.live import Entry
from arus_gateway.names import Names

RESET: Final = orjson.dumps({"type": "reset"})
PING: Final = orjson.dumps({"type": "ping"})
PING_S: Final = 15.0


async def tell(entry: Entry, names: Names, language: Language) -> bytes:
    """Return the entry as a message; made once per language, however many readers there are.

    What only a newer release has words for is read anew instead, from the service that knows it.
    """
    if language not in entry.told:
        try:
            entry.told[language] = orjson.dumps(await _message(entry, names, language))
        except UnknownValue:
            entry.told[language] = RESET
    return entry.told[language]


def told(entry: Entry) -> None:
    """End the entry's trace, if that is kept, with the first reader who was told of it."""
    if entry.kept:
        traceparent, began_ns = entry.kept.pop()
        tracing.add_within(traceparent, "live feed", "CONSUMER", began_ns=began_ns, attributes={})


async def _message(entry: Entry, names: Names, language: Language) -> Mapping[str, Any]:
    event = entry.event
    if isinstance(event, ImportChanged):
        return {"type": "import", "id": entry.id, "data": codec.import_changed(event, entry.time)}
    if isinstance(event, CaseChanged):
        return {"type": "case", "id": entry.id, "data": codec.case_changed(event, entry.time)}
    known = {
        event.location_id: await names.name(entry.tenant_id, "locations", event.location_id),
        event.product_id: await names.name(entry.tenant_id, "products", event.product_id),
    }
    if isinstance(event, VerdictReached):
        return {"type": "verdict", "id": entry.id, "data": codec.item(event, entry.time, known, language)}
    if isinstance(event, IncidentChanged):
        return {"type": "alert", "id": entry.id, "data": codec.alert(event, entry.time, known, language)}
    if isinstance(event, IncidentAnswered):
        return {"type": "alert_answered", "id": entry.id, "data": codec.answered(event, known)}
    return {"type": "verdict_withdrawn", "id": entry.id, "data": codec.withdrawal(event, known)}
