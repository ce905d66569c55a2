/** Why a verdict was reached, in the reader's language: from its code, or in the server's words if it is new here. */
import { Trans } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import type { Anomaly, ThresholdsOut } from '@/api'
import { number, percent, quantity } from '@/lib/format'
import { fromMicro, toMicro } from '@/lib/quantity'

/** Records needed before judging starts, should an answer not say it. */
const HISTORY_NEEDED = 3

type Judged = Pick<Anomaly, 'volume' | 'baseline' | 'risk_score'> & {
  reason: { code: string; params: Readonly<Record<string, unknown>>; text: string }
}

export function Reason({ verdict }: { verdict: Judged }): ReactNode {
  const { reason, baseline, risk_score } = verdict
  const use = quantity(verdict.volume, 'L')
  if (reason.code === 'BASELINE_NOL')
    return <Trans>Pemakaian biasanya 0 L, jadi perbandingan tidak dapat dihitung.</Trans>
  if (reason.code === 'BASELINE_KURANG') {
    const count = number(Number(reason.params['history_count'] ?? 0))
    const needed = number(Number(reason.params['history_needed'] ?? HISTORY_NEEDED))
    return (
      <Trans>
        Riwayat baru {count} catatan. Penilaian dimulai setelah {needed} catatan.
      </Trans>
    )
  }
  if (reason.code === 'RENDAH' && baseline !== null && risk_score !== null) {
    const share = percent(risk_score)
    const usual = quantity(baseline, 'L')
    return (
      <Trans>
        Pemakaian {use}, hanya {share} dari biasanya ({usual}).
      </Trans>
    )
  }
  if (!reason.code.startsWith('FUEL_') || baseline === null || risk_score === null) return reason.text
  const share = percent(risk_score)
  const usual = quantity(baseline, 'L')
  return (
    <Trans>
      Pemakaian {use}, {share} dari biasanya ({usual}).
    </Trans>
  )
}

const BUILT_IN: Pick<ThresholdsOut, 'waspada_pct' | 'anomali_pct'> = {
  waspada_pct: '120',
  anomali_pct: '150',
}

/** The largest use, in litres, that would have been one step calmer, given what is usual. */
export function calmerUpTo(status: 'WASPADA' | 'ANOMALI', baseline: string, by = BUILT_IN): string {
  // Up to the upper bound is WASPADA; below the lower one is NORMAL, so that bound itself is already WASPADA.
  const bound = toMicro(status === 'ANOMALI' ? by.anomali_pct : by.waspada_pct)
  return fromMicro((toMicro(baseline) * bound) / 100_000_000n)
}

/** The smallest use, in litres, that would not have been flagged as low. */
export function notLowFrom(low_pct: string, baseline: string): string {
  return fromMicro((toMicro(baseline) * toMicro(low_pct) + 99_999_999n) / 100_000_000n)
}
