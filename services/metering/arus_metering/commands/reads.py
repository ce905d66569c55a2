"""Register reads that people edit, estimate and take back: validation, editing and estimation (VEE).

The read of the file stays as it came; what a person makes of it is a version beside it, and the one that is
told. It stands until it is taken back, or until a newer file says something of the period.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from arus.anomaly.v1.api_pb2 import GetCaseResponse
from arus_runtime import outbox
from arus_runtime.auth import Principal
from arus_runtime.ids import derived_id, new_ulid
from arus_runtime.postgres import Tx
from arus_runtime.rpc import Peers
from arus_runtime.web import IfMatchHeader, Problem, wrong
from arus_runtime.words import render

from arus_metering import codec, directory
from arus_metering.rules import reads as rules
from arus_metering.rules.amounts import LITRES, shown
from arus_metering.rules.estimating import ACTUAL, Stand, estimated_l
from arus_metering.state import Edit, ReadVersion
from arus_metering.store import entries
from arus_metering.store import reads as store
from arus_metering.store.versions import OWN, Version
from arus_metering.words import templates

TABLE: Final = "meter_readings"
Act = Literal["EDITED", "ESTIMATED"]


@dataclass(frozen=True, slots=True)
class Why:
    """Why a read is corrected. case_id: the case it came up in, "" for none."""

    reason: str
    case_id: str


@dataclass(frozen=True, slots=True)
class Corrector:
    """Somebody at work on the read of a period."""

    tx: Tx
    peers: Peers
    principal: Principal
    nomen: str
    period: str
    at: datetime

    async def edit(self, said: Mapping[str, Any], why: Why, if_match: IfMatchHeader) -> Sequence[ReadVersion]:
        """Let a person's stand be what is told of a period; raises the 404, the 412, the 422 of a case."""
        await self._check(why)
        versions = await self._held(if_match)
        return await self._enter(versions, "EDITED", said, why)

    async def estimate(self, why: Why, if_match: IfMatchHeader) -> Sequence[ReadVersion]:
        """Let the usual use since the stand before be what is told; raises the 409 where nothing tells it."""
        await self._check(why)
        versions = await self._held(if_match)
        read = rules.standing(versions)
        before = [
            Stand(
                row["read_date"],
                row["stand_akhir_l"],
                row["serial"],
                row["read_method"] == ACTUAL and not row["skip_status"],
                row["multiplier"] or 1,
            )
            for row in await store.earlier(self.tx, self.nomen, self.period)
        ]
        stand_l = estimated_l(before, read.read_date, read.serial, read.multiplier or 1)
        if stand_l is None:
            raise Problem(409, "nothing_to_estimate_from", params={"period": self.period})
        if read.dials:
            stand_l %= 10**read.dials * LITRES
        said = {"stand_akhir_l": stand_l, "read_method": "ESTIMATED"}
        return await self._enter(versions, "ESTIMATED", said, why)

    async def take_visit(self, visit_id: str, why: Why, if_match: IfMatchHeader) -> Sequence[ReadVersion]:
        """Let the stand that a visit of a case found be what is told of a period, read on that day.

        why: without a reason, the visit is it. Raises the 404, the 412, the 422 of a case or visit.
        """
        case = await self._case(why.case_id)
        visit = await directory.visit(self.peers, self.principal, why.case_id, visit_id)
        if visit is None:
            raise wrong("visit_id", "visit_not_known", value=visit_id, number=case.number)
        if not visit.HasField("stand_l"):
            raise wrong("visit_id", "visit_without_stand", value=visit_id)
        visited_on = date.fromisoformat(visit.visited_on)
        said = {"stand_akhir_l": visit.stand_l, "read_date": visited_on, "read_method": ACTUAL}
        versions = await self._held(if_match)
        of_visit = {"day": visited_on, "number": case.number}
        reason = why.reason or render("stand_of_visit", of_visit, self.principal.language, templates())
        return await self._enter(versions, "EDITED", said, Why(reason, why.case_id))

    async def revert(self, if_match: IfMatchHeader) -> Sequence[ReadVersion]:
        """Take the newest edit back, overtaken by a newer file or not; raises the 409 where there is none."""
        edited = rules.edited(await self._held(if_match))
        if edited is None:
            raise Problem(409, "read_not_edited", params={"period": self.period})
        await store.withdraw(self.tx, self.principal.tenant_id, edited, self.principal.user_id, self.at)
        await self._tell(f"{edited.edit_id}/withdrawn")
        return await store.of_period(self.tx, self.nomen, self.period)

    async def _check(self, why: Why) -> None:
        if why.case_id:
            await self._case(why.case_id)

    async def _case(self, case_id: str) -> GetCaseResponse:
        """Return a case about this customer; raises the 404 of the read, the 422 of another case.

        Asked before the books are held, so that nobody waits for the cases' owner.
        """
        await found(self.tx, self.nomen, self.period)
        case = await directory.case(self.peers, self.principal, case_id)
        if case is None:
            raise wrong("case_id", "case_not_known", value=case_id)
        if case.nomen != self.nomen:
            raise wrong("case_id", "case_about_another", value=case_id, number=case.number, bound=self.nomen)
        return case

    async def _held(self, if_match: IfMatchHeader) -> Sequence[ReadVersion]:
        await entries.hold(self.tx, self.principal.tenant_id, TABLE)
        versions = await found(self.tx, self.nomen, self.period)
        if_match.check(rules.standing(versions).number)
        return versions

    async def _enter(
        self, versions: Sequence[ReadVersion], act: Act, said: Mapping[str, Any], why: Why
    ) -> Sequence[ReadVersion]:
        standing, raw, edit_id = rules.standing(versions), rules.raw(versions), new_ulid()
        stand_l, before_l = said["stand_akhir_l"], standing.stand_awal_l
        values = {
            **{name: getattr(standing, name) for name in OWN[TABLE]},
            **said,
            "volume_l": None if before_l is None else (stand_l - before_l) * (standing.multiplier or 1),
            "skip_status": "",
            "trouble": "",
        }
        if standing.dials and stand_l >= 10**standing.dials * LITRES:
            raise wrong(
                "stand_m3", "stand_beyond_register", value=shown(stand_l, LITRES), bound=10**standing.dials
            )
        row_id = derived_id(edit_id, "read")
        version = Version(standing.key, 0, row_id, edit_id, self.nomen, standing.rayon, values)
        edit = Edit(
            tenant_id=self.principal.tenant_id,
            id=edit_id,
            key=standing.key,
            number=await entries.write(self.tx, TABLE, self.principal.tenant_id, version),
            act=act,
            nomen=self.nomen,
            period=self.period,
            import_id=raw.import_id if raw else "",
            raw_l=raw.stand_akhir_l if raw else None,
            stand_l=stand_l,
            reason=why.reason,
            case_id=why.case_id,
            said_by=self.principal.user_id,
            said_at=self.at,
        )
        await store.add(self.tx, edit)
        await self._tell(edit_id)
        return await store.of_period(self.tx, self.nomen, self.period)

    async def _tell(self, cause: str) -> None:
        tenant_id = self.principal.tenant_id
        reads, master = await store.standing(self.tx, tenant_id, self.nomen, self.period)
        await outbox.add(
            self.tx,
            codec.reads_stand(tenant_id, self.nomen, self.period, reads, master),
            tenant_id=tenant_id,
            key=codec.key(tenant_id, self.nomen),
            cause=cause,
            label="read",
            at=self.at,
        )


async def found(tx: Tx, nomen: str, period: str) -> Sequence[ReadVersion]:
    """Return every version of a period's read; raises the 404 where none stands."""
    versions = await store.of_period(tx, nomen, period)
    if not versions:
        raise Problem(404, "not_found")
    return versions
