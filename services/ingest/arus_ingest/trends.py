"""How fuel use changes over time: what the store sums up, arranged by series and period."""

from collections.abc import Sequence
from dataclasses import dataclass

from arus_runtime.periods import started
from arus_runtime.postgres import Tx
from arus_runtime.web import Span

from arus_ingest.store import fuel as store
from arus_ingest.store.fuel import UseAsked


@dataclass(frozen=True, slots=True)
class Use:
    """Fuel used, and how many records say so; no record, no use."""

    volume_ul: int = 0
    transactions: int = 0

    def __add__(self, other: "Use") -> "Use":
        return Use(self.volume_ul + other.volume_ul, self.transactions + other.transactions)


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a trend: a use per period of the span, and the earlier ones where they were asked for.

    id: of the location or product; None: of everything, or of all that have no series of their own.
    """

    id: str | None
    name: str | None
    is_rest: bool
    uses: Sequence[Use]
    befores: Sequence[Use] | None

    @property
    def total(self) -> Use:
        """All periods together."""
        return sum(self.uses, Use())

    @property
    def total_before(self) -> Use | None:
        """All earlier periods together."""
        return None if self.befores is None else sum(self.befores, Use())


async def trend(tx: Tx, span: Span, asked: UseAsked, most: int) -> list[Series]:
    """Return the series that used most, most first, and after them all others as one, if there are any."""
    now = await store.use_by_period(tx, asked, span.whole, most)
    volume_of: dict[str, int] = {}
    for used in now:
        if used.series is not None:
            volume_of[used.series] = volume_of.get(used.series, 0) + used.volume_ul
    # Most first; the same volume: in order of id, as the store ranks them.
    own = sorted(volume_of, key=lambda series: (-volume_of[series], series)) if asked.by else [""]
    before = await store.use_of_series(tx, asked, span.before, own) if span.before else []
    names = await store.names(tx, asked.by, own) if asked.by else {}
    use_of = {(used.series, used.start): Use(used.volume_ul, used.transactions) for used in now}
    before_of = {(used.series, used.start): Use(used.volume_ul, used.transactions) for used in before}
    has_rest = any(used.series is None for used in (*now, *before))
    keys: list[str | None] = [*own, None] if has_rest else [*own]
    return [
        Series(
            id=key or None,
            name=names.get(key, key) if key else None,
            is_rest=key is None,
            uses=[use_of.get((key, started(span.period, part.first)), Use()) for part in span.parts],
            befores=[
                Use() if part is None else before_of.get((key, started(span.period, part.first)), Use())
                for part in span.befores
            ]
            if span.compare
            else None,
        )
        for key in keys
    ]
