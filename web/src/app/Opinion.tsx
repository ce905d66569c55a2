/** What the learned detector says of a record, beside the rule: in the reader's language, from its codes. */
import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import type { Opinion as Said } from '@/api'
import { number, quantity } from '@/lib/format'
import { SeverityBadge } from '@/ui/StatusBadge'
import { CAUSES } from './incidents'

const LOOKS: Readonly<Record<Said['causes'][number]['cause'], MessageDescriptor>> = {
  BOCOR: msg`Sedikit di atas biasanya, dan berlangsung terus.`,
  PENYALAHGUNAAN: msg`Lonjakan mendadak di luar pola.`,
  SALAH_CATAT: msg`Angkanya wajar bila koma digeser, angka tertukar diperbaiki, atau catatan ganda dihapus.`,
  PEMBOROSAN: msg`Pemakaian naik perlahan.`,
}

/** The whole opinion: how it stands, what would have been milder, what it may have been, and a new level. */
export function Opinion({ opinion }: { opinion: Said | null }) {
  if (opinion === null) {
    return (
      <p className="text-sm text-muted">
        <Trans>Detektor belum menilai catatan ini. Pendapatnya menyusul dalam beberapa detik.</Trans>
      </p>
    )
  }
  return (
    <div className="flex flex-col gap-2 text-sm">
      <OpinionLine opinion={opinion} />
      {opinion.stage === 'LEARNING' && <Learning opinion={opinion} />}
      {opinion.milder && (
        <p className="font-medium">
          <OpinionMilder milder={opinion.milder} />
        </p>
      )}
      {opinion.shift && (
        <p>
          <Shift shift={opinion.shift} />
        </p>
      )}
      <Causes causes={opinion.causes} />
    </div>
  )
}

/** How severe, what was expected, what is usual, and how rare this is. */
export function OpinionLine({ opinion }: { opinion: Said }) {
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
      {opinion.severity !== 'none' && <SeverityBadge severity={opinion.severity} />}
      <span>
        <Sentence opinion={opinion} />
      </span>
    </p>
  )
}

/** About three figures: an expectation of 302,41 L is not known to the centilitre. */
function placesOf(litres: number): number {
  return litres >= 100 ? 0 : litres >= 10 ? 1 : 2
}

function Sentence({ opinion }: { opinion: Said }): ReactNode {
  const { reason, expected, usual_from, usual_to } = opinion
  if (opinion.stage === 'LATE')
    return <Trans>Dicatat setelah 60 catatan atau lebih menyusulnya, jadi tidak dinilai oleh detektor.</Trans>
  if (opinion.stage === 'LEARNING') {
    const count = number(Number(reason.params['history_count'] ?? opinion.history_count))
    const needed = number(Number(reason.params['history_needed'] ?? 0))
    return (
      <Trans>
        Pola belum dikenal: baru {count} dari {needed} catatan.
      </Trans>
    )
  }
  if (expected === null || usual_to === null) return reason.text
  const digits = placesOf(Number(usual_to))
  const guess = quantity(expected, 'L', digits)
  const low = number(usual_from ?? '0', digits)
  const high = quantity(usual_to, 'L', digits)
  const oneIn = reason.params['one_in']
  if (oneIn === undefined)
    return (
      <Trans>
        Sesuai pola: perkiraan {guess}, wajar {low}–{high}.
      </Trans>
    )
  const rare = number(oneIn)
  return (
    <Trans>
      Perkiraan {guess}, wajar {low}–{high}, 1 dari {rare}.
    </Trans>
  )
}

function Learning({ opinion }: { opinion: Said }) {
  const { t } = useLingui()
  const needed = Number(opinion.reason.params['history_needed'] ?? 0)
  const count = Number(opinion.reason.params['history_count'] ?? opinion.history_count)
  if (needed === 0) return null
  return (
    <div
      role="progressbar"
      aria-label={t`Catatan yang sudah dipelajari`}
      aria-valuemin={0}
      aria-valuenow={count}
      aria-valuemax={needed}
      className="h-2 overflow-hidden rounded-full bg-sunken"
    >
      <div className="h-full rounded-full bg-brand" style={{ width: `${(100 * count) / needed}%` }} />
    </div>
  )
}

/** Which litres the detector would have found milder. */
export function OpinionMilder({ milder }: { milder: NonNullable<Said['milder']> }): ReactNode {
  const limit = quantity(milder.params['volume_l'] ?? '', 'L')
  switch (milder.code) {
    case 'FLIP_NONE_AT_MOST':
      return <Trans>Wajar menurut detektor bila paling banyak {limit}.</Trans>
    case 'FLIP_NONE_AT_LEAST':
      return <Trans>Wajar menurut detektor bila paling sedikit {limit}.</Trans>
    case 'FLIP_INFO_AT_MOST':
      return <Trans>Hanya info menurut detektor bila paling banyak {limit}.</Trans>
    case 'FLIP_INFO_AT_LEAST':
      return <Trans>Hanya info menurut detektor bila paling sedikit {limit}.</Trans>
    case 'FLIP_WARNING_AT_MOST':
      return <Trans>Hanya peringatan menurut detektor bila paling banyak {limit}.</Trans>
    case 'FLIP_WARNING_AT_LEAST':
      return <Trans>Hanya peringatan menurut detektor bila paling sedikit {limit}.</Trans>
    default:
      return milder.text
  }
}

/** The level of use has moved, and expectations with it. */
export function Shift({ shift }: { shift: NonNullable<Said['shift']> }): ReactNode {
  const share = `${number(shift.params['shift_pct'] ?? 0)}%`
  if (shift.code === 'LEARNED_SHIFT_UP')
    return (
      <Trans>
        Tingkat pemakaian naik {share} selama lima catatan terakhir. Perkiraan sekarang mengikuti tingkat
        baru.
      </Trans>
    )
  if (shift.code === 'LEARNED_SHIFT_DOWN')
    return (
      <Trans>
        Tingkat pemakaian turun {share} selama lima catatan terakhir. Perkiraan sekarang mengikuti tingkat
        baru.
      </Trans>
    )
  return shift.text
}

/** What it may have been, likeliest first: a word, a share and a bar. A person says what it was. */
export function Causes({ causes }: { causes: Said['causes'] }) {
  const { i18n } = useLingui()
  if (causes.length === 0) return null
  return (
    <section className="flex flex-col gap-1.5">
      <h4 className="text-xs font-medium text-muted">
        <Trans>Dugaan penyebab</Trans>
      </h4>
      <ul className="flex flex-col gap-2">
        {causes.map(({ cause, share }) => (
          <li key={cause} className="flex flex-col gap-1 text-sm">
            <span className="flex justify-between gap-2">
              <span className="font-medium">{i18n._(CAUSES[cause])}</span>
              <span className="tabular">{`${number(share * 100, 0)}%`}</span>
            </span>
            <span aria-hidden className="block h-2 overflow-hidden rounded-full bg-sunken">
              <span
                className="block h-full rounded-full bg-brand"
                style={{ width: `${Math.min(100, share * 100)}%` }}
              />
            </span>
            <span className="text-xs text-muted">{i18n._(LOOKS[cause])}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
