/** Why a verdict was reached, in the reader's language: from its code, or in the server's words if it is new here. */
import { Trans } from '@lingui/react/macro'
import { Fragment, type ReactNode } from 'react'
import type { Anomaly } from '@/api'
import { number, percent, quantity } from '@/lib/format'

/** Records needed before judging starts, should an answer not say it. */
const HISTORY_NEEDED = 3
/** A bound is shown as the server rounded it, to the microlitre at the most. */
const PLACES = 6

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

/** What it would have needed to be milder, the nearest first, in the reader's language. */
export function Milder({ verdict }: { verdict: Pick<Anomaly, 'milder'> }): ReactNode {
  return verdict.milder.map(({ status, reason }) => (
    <Fragment key={status}>
      {' '}
      <MilderSentence reason={reason} />
    </Fragment>
  ))
}

function MilderSentence({ reason }: { reason: Anomaly['milder'][number]['reason'] }): ReactNode {
  const litres = (name: string) => quantity(reason.params[name] ?? '', 'L', PLACES)
  const limit = litres('volume_l')
  if (reason.code === 'FLIP_WASPADA_AT_MOST')
    return <Trans>Menjadi Waspada bila paling banyak {limit}.</Trans>
  if (reason.code === 'FLIP_NORMAL_BELOW') return <Trans>Menjadi Normal bila di bawah {limit}.</Trans>
  if (reason.code !== 'FLIP_NORMAL_BETWEEN') return reason.text
  const low = litres('low_l')
  const high = litres('high_l')
  return (
    <Trans>
      Menjadi Normal bila paling sedikit {low} dan di bawah {high}.
    </Trans>
  )
}
