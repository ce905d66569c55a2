/** What a trend says, in one sentence. */
import { Plural, Trans } from '@lingui/react/macro'
import type { Trend } from '@/api'
import { percent, quantity } from '@/lib/format'
import { periodName } from './spans'

export function Finding({ trend }: { trend: Trend }) {
  const volume = quantity(
    trend.series.reduce((sum, one) => sum + Number(one.total.volume_l ?? 0), 0),
    'L',
    0,
  )
  if (trend.by !== 'none') {
    const [most] = trend.series
    const name = most?.name ?? ''
    const share = quantity(most?.total.volume_l ?? 0, 'L', 0)
    return (
      <Trans>
        Total {volume}; terbanyak {name} dengan {share}.
      </Trans>
    )
  }
  const points = trend.series[0]?.points ?? []
  const used = points.map(point => Number(point.volume_l ?? 0))
  const highest = used.indexOf(Math.max(...used))
  const gaps = points.filter(point => point.volume_l === null).length
  const top = trend.periods[highest]
  return (
    <>
      <Change trend={trend} volume={volume} />{' '}
      {top && points.length > 1 && (
        <Highest
          volume={quantity(used[highest] ?? 0, 'L', 0)}
          when={periodName(trend.period, top.start, top.end)}
        />
      )}{' '}
      {gaps > 0 && <Gaps period={trend.period} count={gaps} />}
    </>
  )
}

function Highest({ volume, when }: { volume: string; when: string }) {
  return (
    <Trans>
      Tertinggi {volume} pada {when}.
    </Trans>
  )
}

function Gaps({ period, count }: { period: Trend['period']; count: number }) {
  if (period === 'day') return <Plural value={count} other="# hari tanpa catatan." />
  return period === 'week' ? (
    <Plural value={count} other="# minggu tanpa catatan." />
  ) : (
    <Plural value={count} other="# bulan tanpa catatan." />
  )
}

function Change({ trend, volume }: { trend: Trend; volume: string }) {
  const total = trend.series[0]?.total
  const change = total?.change_pct
  if (!trend.compare) return <Trans>Total {volume}.</Trans>
  if (change === null || change === undefined) {
    return <Trans>Total {volume}; belum ada catatan untuk dibandingkan.</Trans>
  }
  const by = percent(Math.abs(Number(change)), 1)
  const before = quantity(total?.before_volume_l ?? 0, 'L', 0)
  if (Number(change) === 0) {
    return (
      <Trans>
        Total {volume}, sama dengan pembandingnya ({before}).
      </Trans>
    )
  }
  return Number(change) > 0 ? (
    <Trans>
      Total {volume}, naik {by} dari {before}.
    </Trans>
  ) : (
    <Trans>
      Total {volume}, turun {by} dari {before}.
    </Trans>
  )
}
