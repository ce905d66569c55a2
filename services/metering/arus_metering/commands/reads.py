"""Register reads that people edit, estimate and take back: validation, editing and estimation (VEE).

The read of the file stays as it came; what a person makes of it is a version beside it, and the one that is
told. It stands until it is taken back, or until a newer file says something of the period. A period that
nobody read can be estimated, too.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from arus.anomaly.v1.api_pb2 import GetCaseResponse
from arus_runtime import outbox
from arus_runtime.auth import Principal
from arus_runtime.ids import derived_id, new_ulid
from arus_runtime.postgres import Tx
from arus_runtime.rpc import Peers
from arus_runtime.serials import plain_serial
from arus_runtime.web import IfMatchHeader, Problem, wrong
from arus_runtime.words import Month, render

from arus_metering import codec, directory
from arus_metering.commands.customers import known
from arus_metering.rules import reads as rules
from arus_metering.rules.amounts import LITRES, shown
from arus_metering.rules.estimating import ACTUAL, Register, Stand, estimated, meter_of, usual_day
from arus_metering.state import Edit, Proposal, ReadVersion
from arus_metering.store import customers, entries
from arus_metering.store import reads as store
from arus_metering.store.versions import OWN, Version
from arus_metering.words import templates

TABLE: Final = "meter_readings"
Act = Literal["EDITED", "ESTIMATED"]
_ONE_DAY: Final = timedelta(days=1)


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
        """Let a person's stand be what is told of a period; raises the 404, 412, the 422 of a case or day."""
        await self._check(why)
        versions = await self._held(if_match)
        return await self._enter(versions, "EDITED", said, why)

    async def estimate(self, why: Why, if_match: IfMatchHeader) -> Sequence[ReadVersion]:
        """Let the usual use since the stand before be what is told.

        Raises the 409 where nothing tells it, the 503 while nobody says which reads are refused.
        """
        await self._check(why)
        refused = await self._refused()
        versions = await self._held(if_match)
        read = rules.standing(versions)
        register = Register(plain_serial(read.serial), read.multiplier or 1, read.dials)
        rows = await store.earlier(self.tx, self.nomen, self.period)
        found = estimated(await self._stands(rows, refused), read.read_date, register)
        if found is None:
            raise Problem(409, "nothing_to_estimate_from", params={"period": Month(self.period)})
        said = {"stand_akhir_l": found.stand_l, "read_method": "ESTIMATED"}
        return await self._enter(versions, "ESTIMATED", said, why, use_l=found.use_l)

    async def take_visit(self, visit_id: str, why: Why, if_match: IfMatchHeader) -> Sequence[ReadVersion]:
        """Let the stand that a visit of a case found be what is told of a period, read on that day.

        why: without a reason, the visit is it. Raises the 404, 412, the 422 of a case, a visit or its day.
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

    async def proposal(self, on: date | None) -> Proposal:
        """Return what the register would have shown in a period that nobody read. on: None: the usual day.

        Raises the 404 of a customer nobody knows, the 409 where a read stands or nothing tells the use, the
        422 of a day that does not lie between the reads before and behind it, or has not come yet, the 503
        while nobody says which reads are refused.
        """
        return await self._proposal(on, await self._refused())

    async def _proposal(self, on: date | None, refused: Container[str]) -> Proposal:
        if await store.of_period(self.tx, self.nomen, self.period):
            raise Problem(409, "read_exists", params={"period": Month(self.period)})
        rows = await store.earlier(self.tx, self.nomen, self.period)
        if not rows:
            if await store.next_day(self.tx, self.nomen, self.period) is None:
                await known(self.tx, self.nomen)
            raise Problem(409, "nothing_to_estimate_from", params={"period": Month(self.period)})
        day = on or usual_day(rows[-1]["read_date"], _first(rows[-1]["period"]), _first(self.period))
        await self._check_day(day, rows)
        stands = await self._stands(rows, refused)
        last = _last_of(meter_of(stands, day), [row for row in rows if row["row_id"] not in refused] or rows)
        register = Register("", last["multiplier"] or 1, last["dials"])
        found = estimated(stands, day, register)
        if found is None or found.base.stand_l is None:
            raise Problem(409, "nothing_to_estimate_from", params={"period": Month(self.period)})
        return Proposal(
            nomen=self.nomen,
            period=self.period,
            rayon=last["rayon"],
            usage_class=last["usage_class"],
            serial=found.base.written,
            dials=None if found.base.is_new else last["dials"],
            multiplier=last["multiplier"],
            from_day=found.base.day,
            from_l=found.base.stand_l,
            read_date=day,
            stand_l=found.stand_l,
            use_l=found.use_l,
            usual_l=found.usual_l,
            periods=found.periods,
        )

    async def estimate_missing(self, on: date | None, why: Why) -> Sequence[ReadVersion]:
        """Put what is proposed where no read stands; raises what ``proposal`` does, and the 422 of a case."""
        if why.case_id:
            await self._case_of_customer(why.case_id)
        refused = await self._refused()
        await entries.hold(self.tx, self.principal.tenant_id, TABLE)
        one = await self._proposal(on, refused)
        values: dict[str, Any] = {
            **dict.fromkeys(OWN[TABLE]),
            "period": one.period,
            "read_date": one.read_date,
            "is_date_assumed": False,
            "serial": one.serial,
            "stand_awal_l": one.from_l,
            "stand_akhir_l": one.stand_l,
            "volume_l": one.use_l,
            "read_method": "ESTIMATED",
            "skip_status": "",
            "trouble": "",
            "reader": "",
            "usage_class": one.usage_class,
            "dials": one.dials,
            "multiplier": one.multiplier,
        }
        return await self._record(codec.read_key(one.nomen, one.period), one.rayon, "ESTIMATED", values, why)

    async def revert(self, if_match: IfMatchHeader) -> Sequence[ReadVersion]:
        """Take the newest edit back, overtaken by a newer file or not; raises the 409 where there is none.

        Returns what then stands of the period: nothing, where nobody read it.
        """
        edited = rules.edited(await self._held(if_match))
        if edited is None:
            raise Problem(409, "read_not_edited", params={"period": Month(self.period)})
        await entries.note(self.tx, self.principal.tenant_id)
        await store.withdraw(self.tx, self.principal.tenant_id, edited, self.principal.user_id, self.at)
        await self._tell(f"{edited.edit_id}/withdrawn")
        return await store.of_period(self.tx, self.nomen, self.period)

    async def _check(self, why: Why) -> None:
        if why.case_id:
            await self._case(why.case_id)

    async def _case(self, case_id: str) -> GetCaseResponse:
        """Return a case about this customer; raises the 404 of the read, the 422 of another case."""
        await found(self.tx, self.nomen, self.period)
        return await self._case_of_customer(case_id)

    async def _case_of_customer(self, case_id: str) -> GetCaseResponse:
        """Return a case about this customer; raises the 422 of another case.

        Asked before the books are held, so that nobody waits for the cases' owner.
        """
        case = await directory.case(self.peers, self.principal, case_id)
        if case is None:
            raise wrong("case_id", "case_not_known", value=case_id)
        if case.nomen != self.nomen:
            raise wrong("case_id", "case_about_another", value=case_id, number=case.number, bound=self.nomen)
        return case

    async def _refused(self) -> frozenset[str]:
        """Return the ids of the customer's reads that no estimate may build on; without any nobody is asked.

        That is before the books are held, so that no other command waits for who judges them.
        """
        if not await store.earlier(self.tx, self.nomen, self.period):
            return frozenset()
        return await directory.refused_reads(self.peers, self.principal, self.nomen)

    async def _held(self, if_match: IfMatchHeader) -> Sequence[ReadVersion]:
        await entries.hold(self.tx, self.principal.tenant_id, TABLE)
        versions = await found(self.tx, self.nomen, self.period)
        if_match.check(rules.standing(versions).number)
        return versions

    async def _enter(
        self,
        versions: Sequence[ReadVersion],
        act: Act,
        said: Mapping[str, Any],
        why: Why,
        *,
        use_l: int | None = None,
    ) -> Sequence[ReadVersion]:
        standing = rules.standing(versions)
        stand_l = said["stand_akhir_l"]
        if said.get("read_date", standing.read_date) != standing.read_date:
            await self._check_day(said["read_date"], await store.earlier(self.tx, self.nomen, self.period))
        values = {
            **{name: getattr(standing, name) for name in OWN[TABLE]},
            **said,
            "is_date_assumed": standing.is_date_assumed and "read_date" not in said,
            "volume_l": await self._use(standing, said) if use_l is None else use_l,
            "skip_status": "",
            "trouble": "",
        }
        if standing.dials and stand_l >= 10**standing.dials * LITRES:
            raise wrong(
                "stand_m3", "stand_beyond_register", value=shown(stand_l, LITRES), bound=10**standing.dials
            )
        return await self._record(standing.key, standing.rayon, act, values, why, raw=rules.raw(versions))

    async def _record(
        self,
        key: str,
        rayon: str,
        act: Act,
        values: Mapping[str, Any],
        why: Why,
        *,
        raw: ReadVersion | None = None,
    ) -> Sequence[ReadVersion]:
        """Write what a person makes of a period, and tell it. raw: what a file says of it, None: nothing."""
        edit_id = new_ulid()
        version = Version(
            key, 0, derived_id(edit_id, "read"), edit_id, self.at.isoformat(), self.nomen, rayon, values
        )
        edit = Edit(
            tenant_id=self.principal.tenant_id,
            id=edit_id,
            key=key,
            number=await entries.write(
                self.tx, TABLE, self.principal.tenant_id, version, self.principal.user_id
            ),
            act=act,
            nomen=self.nomen,
            period=self.period,
            import_id=raw.import_id if raw else "",
            raw_l=raw.stand_akhir_l if raw else None,
            stand_l=values["stand_akhir_l"],
            reason=why.reason,
            case_id=why.case_id,
            said_by=self.principal.user_id,
            said_at=self.at,
        )
        await store.add(self.tx, edit)
        await self._tell(edit_id)
        return await store.of_period(self.tx, self.nomen, self.period)

    async def _use(self, read: ReadVersion, said: Mapping[str, Any]) -> int | None:
        """Return what was used until a stand that a person says: of every meter, where some were changed."""
        changed = read.old_final_l, read.new_start_l
        if changed == (None, None):
            earlier = await store.earlier(self.tx, self.nomen, self.period)
            since = max((row["read_date"] for row in earlier), default=date.min)
            until = said.get("read_date", read.read_date)
            made = [
                one
                for one in await customers.replacements(self.tx, self.nomen)
                if since < one.replaced_on <= until
            ]
            changed = _sum([one.old_final_l for one in made]), _sum([one.new_start_l for one in made])
            if made and None in changed:
                return None
        return rules.volume(
            said["stand_akhir_l"],
            read.stand_awal_l,
            changed=changed,
            dials=read.dials,
            multiplier=read.multiplier or 1,
        )

    async def _stands(self, rows: Sequence[Mapping[str, Any]], refused: Container[str]) -> list[Stand]:
        """Return stands that were read and not refused, and what meters showed when they were put in."""
        read = [
            Stand(
                row["read_date"],
                row["stand_akhir_l"],
                plain_serial(row["serial"]),
                row["read_method"] == ACTUAL and not row["skip_status"],
                row["multiplier"] or 1,
                written=row["serial"],
            )
            for row in rows
            if row["row_id"] not in refused
        ]
        put_in = [
            Stand(
                one.replaced_on,
                one.new_start_l,
                plain_serial(one.new_serial),
                is_actual=True,
                is_new=True,
                replaces=plain_serial(one.old_serial),
                written=one.new_serial,
            )
            for one in await customers.replacements(self.tx, self.nomen)
        ]
        return [*put_in, *read]

    async def _check_day(self, day: date, earlier: Sequence[Mapping[str, Any]]) -> None:
        """Let a period be read on a day between the reads before and behind it, which has come."""
        before = max((row["read_date"] for row in earlier), default=None)
        behind = await store.next_day(self.tx, self.nomen, self.period)
        today = rules.day_of(self.at)
        latest = min(today, behind - _ONE_DAY) if behind else today
        if before and day <= before:
            raise wrong("read_date", "too_small", value=day, bound=before + _ONE_DAY)
        if day > latest:
            raise wrong("read_date", "too_large", value=day, bound=latest)

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


def _last_of(serials: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the newest read of the first of these meters that has one, else the newest of all."""
    for serial in filter(None, serials):
        for row in reversed(rows):
            if plain_serial(row["serial"]) in {"", serial}:
                return row
    return rows[-1]


def _sum(stands_l: Sequence[int | None]) -> int | None:
    """Return a sum of stands; None where there is none, or nobody says one."""
    known = [stand_l for stand_l in stands_l if stand_l is not None]
    return sum(known) if known and len(known) == len(stands_l) else None


def _first(period: str) -> date:
    return date.fromisoformat(f"{period}-01")


async def found(tx: Tx, nomen: str, period: str) -> Sequence[ReadVersion]:
    """Return every version of a period's read; raises the 404 where none stands."""
    versions = await store.of_period(tx, nomen, period)
    if not versions:
        raise Problem(404, "not_found")
    return versions
