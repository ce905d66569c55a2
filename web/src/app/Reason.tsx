/** Why a verdict was reached, in the reader's language: from its code, or in the server's words if it is new here. */
import { Trans } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import type { Anomaly } from '@/api'
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
  if (!reason.code.startsWith('FUEL_') || baseline === null || risk_score === null) return reason.text
  const share = percent(risk_score)
  const usual = quantity(baseline, 'L')
  return (
    <Trans>
      Pemakaian {use}, {share} dari biasanya ({usual}).
    </Trans>
  )
}

/** The largest use, in litres, that would have been one step calmer, given what is usual. */
export function calmerUpTo(status: 'WASPADA' | 'ANOMALI', baseline: string): string {
  // Up to 150 % is WASPADA; below 120 % is NORMAL, so the limit itself is already WASPADA.
  const usual = toMicro(baseline)
  return status === 'ANOMALI' ? fromMicro((usual * 3n) / 2n) : fromMicro((usual * 6n) / 5n)
}
