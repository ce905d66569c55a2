"""Print every verdict of Arus as one JSON line, each once, beginning with the oldest.

Reads ARUS_BOOTSTRAP, ARUS_USER, ARUS_PASSWORD and, for TLS, ARUS_CA. Needs aiokafka and arus-contracts.
"""

import asyncio
import json
import os
import ssl
from decimal import Decimal

from aiokafka import AIOKafkaConsumer
from arus.anomaly.v1.events_pb2 import Status, VerdictReached

USER = os.environ["ARUS_USER"]
MICROLITRES = Decimal(1_000_000)


async def main() -> None:
    ca = os.environ.get("ARUS_CA")
    consumer = AIOKafkaConsumer(
        "anomaly.verdict.v1",
        bootstrap_servers=os.environ["ARUS_BOOTSTRAP"],
        security_protocol="SASL_SSL" if ca else "SASL_PLAINTEXT",
        ssl_context=ssl.create_default_context(cafile=ca) if ca else None,
        sasl_mechanism="SCRAM-SHA-512",
        sasl_plain_username=USER,
        sasl_plain_password=os.environ["ARUS_PASSWORD"],
        group_id=f"{USER}.verdicts",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    # Keep these beside your results if a restart must not bring a repeat either.
    newest: dict[tuple[int, str], int] = {}
    async with consumer:
        while True:
            batches = await consumer.getmany(timeout_ms=500)
            for record in (record for records in batches.values() for record in records):
                headers = {name: value.decode() for name, value in record.headers}
                origin, sequence = (record.partition, headers["ce_source"]), int(headers["ce_sequence"])
                if sequence <= newest.get(origin, -1):
                    continue
                newest[origin] = sequence
                # A type this program does not know is skipped: topics may gain message types.
                if headers["ce_type"] == VerdictReached.DESCRIPTOR.full_name and record.value is not None:
                    print(json.dumps(row(VerdictReached.FromString(record.value))), flush=True)
            if batches:
                await consumer.commit()  # after the work


def row(verdict: VerdictReached) -> dict[str, str | None]:
    """Return what an analyst wants of a verdict; volumes as exact decimals in litres."""
    baseline = verdict.history_sum_ul / MICROLITRES / verdict.history_count if verdict.history_count else None
    return {
        "date": verdict.business_date,
        "fact": verdict.fact_id,
        "volume_l": f"{verdict.volume_ul / MICROLITRES:f}",
        "baseline_l": None if baseline is None else f"{baseline:.2f}",
        "score_pct": verdict.risk_score or None,
        "status": Status.Name(verdict.status).removeprefix("STATUS_"),
    }


if __name__ == "__main__":
    asyncio.run(main())
