"""Second opinions on a customer's uses, made when they are asked for: from what stands, nothing is kept."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from arus_runtime.postgres import Tx

from arus_anomaly import codec, store
from arus_anomaly.codec import meter
from arus_anomaly.rules.learned import calibrations
from arus_anomaly.rules.learned.calibration import Calibration
from arus_anomaly.rules.learned.profile import METER
from arus_anomaly.rules.meter.opinions import Movements, Opinion, Seen, levels, opinions
from arus_anomaly.store.meter import StoredMeter, movements


async def of_customer(tx: Tx, tenant_id: str, rows: Sequence[StoredMeter]) -> Mapping[str, Opinion]:
    """Return the opinion on each use by its period. rows: what is said of a customer, newest first."""
    verdicts = [meter.meter_verdict(row.value) for row in rows]
    # A bill that was corrected may tell of no class.
    newest = next((one for one in verdicts if one.usage_class), verdicts[0])
    told_at = {meter.number(row.period): row.judged_at for row in rows}
    uses = [seen for one in reversed(verdicts) if (seen := meter.seen(one))]
    months = range(min(told_at), max(told_at) + 1)
    moved = await movements(
        tx, newest.nomen, newest.usage_class, newest.rayon, [meter.period(month) for month in months]
    )
    own = await store.calibrations.own(tx)

    def calibration_of(use: Seen) -> Calibration:
        at = codec.ulid_start(told_at[use.period])
        return calibrations.holding(own, tenant_id, METER.name, at)

    peers = levels({meter.number(period): by for period, by in moved.items()})
    return {meter.period(of): one for of, one in opinions(uses, peers, calibration_of).items()}


def histories(
    rows: Iterable[tuple[str, str, str, float | None, bytes]],
) -> Sequence[tuple[Sequence[int], Sequence[float]]]:
    """Return days and values of each customer's uses, as the detector reads them.

    rows: customer, class, rayon, movement and verdict of each period, customer by customer.
    """
    near: defaultdict[tuple[str, str], Movements] = defaultdict(Movements)
    wide: defaultdict[str, Movements] = defaultdict(Movements)
    uses: defaultdict[tuple[str, str, str], list[Seen]] = defaultdict(list)
    for nomen, usage_class, rayon, movement, value in rows:
        use = meter.seen(meter.meter_verdict(value))
        if use is None:
            continue
        uses[nomen, usage_class, rayon].append(use)
        if movement is not None:
            near[usage_class, rayon].add(use.period, movement)
            wide[usage_class].add(use.period, movement)
    moved: dict[tuple[str, str], Mapping[int, float]] = {}
    for usage_class, rayon in {of[1:] for of in uses}:
        medians = {**wide[usage_class].medians(), **near[usage_class, rayon].medians()}
        moved[usage_class, rayon] = levels(medians)
    return [
        ([use.day for use in of], [use.value(moved[usage_class, rayon]) for use in of])
        for (_, usage_class, rayon), of in uses.items()
    ]
