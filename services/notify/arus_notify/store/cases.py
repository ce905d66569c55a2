"""What people should know of cases."""

from collections.abc import Collection

from arus_runtime.postgres import Tx

from arus_notify.state import CaseAlert, Severity


async def one(tx: Tx, tenant_id: str, alert_id: str) -> CaseAlert | None:
    """Return one piece of news of a case."""
    found = await tx.execute(
        """select tenant_id, id, what, severity, location_id, people, occurred_at, said from case_alerts
           where tenant_id = %s and id = %s""",
        (tenant_id, alert_id),
    )
    row = await found.fetchone()
    if row is None:
        return None
    people: Collection[str] = row["people"]
    return CaseAlert(
        tenant_id=row["tenant_id"],
        id=row["id"],
        what=row["what"],
        severity=Severity(row["severity"]),
        location_id=row["location_id"],
        people=tuple(people),
        occurred_at=row["occurred_at"],
        said=bytes(row["said"]),
    )
