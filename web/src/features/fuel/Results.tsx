import { Trans, useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { CloudUpload, TriangleAlert } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { NewFact } from '@/api'
import type { Catalogue } from '@/app/catalogue'
import { Milder, Reason } from '@/app/Reason'
import { useMay } from '@/app/session'
import { useFuelQueue, type UnsentFuel } from '@/app/unsent'
import { date, percent, quantity } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Card } from '@/ui/Page'
import { StatusBadge, statusWord, Tag } from '@/ui/StatusBadge'
import { useRecorded, type Recorded } from './recorded'

interface ResultsProps {
  catalogue: Catalogue
  onMend: (body: NewFact) => void
}

/** Under the form: what waits, what was refused, and how what was recorded is judged. */
export function Results({ catalogue, onMend }: ResultsProps) {
  const { unsent, queue } = useFuelQueue()
  const recorded = useRecorded()
  const newest = recorded[0]
  const refused = unsent.filter(item => item.refused)
  const waiting = unsent.filter(item => !item.refused)
  return (
    <>
      {/* Only the newest result is spoken; the lists below are for reading. */}
      <p role="status" className="sr-only" data-testid="newest-result">
        {newest && <Sentence recorded={newest} />}
      </p>
      {refused.length > 0 && (
        <Card title={<Trans>Ditolak, perlu diperbaiki</Trans>}>
          <ul className="flex flex-col divide-y divide-line">
            {refused.map(item => (
              <li key={item.id} className="flex flex-wrap items-center gap-2 py-2.5">
                <TriangleAlert aria-hidden className="size-4 text-anomali" />
                <span className="min-w-48 flex-1">
                  <Facts catalogue={catalogue} body={item.body} />
                  <span className="block text-xs text-anomali">
                    {item.refused?.errors.map(one => one.message).join(' ') || item.refused?.message}
                  </span>
                </span>
                <Button
                  onClick={() => {
                    onMend(item.body)
                    void queue.remove(item.id)
                  }}
                >
                  <Trans>Perbaiki</Trans>
                </Button>
                <Button look="quiet" onClick={() => void queue.remove(item.id)}>
                  <Trans>Buang</Trans>
                </Button>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {waiting.length > 0 && <Waiting catalogue={catalogue} items={waiting} />}
      {recorded.length > 0 && (
        <Card title={<Trans>Baru dicatat</Trans>}>
          <ul className="flex flex-col divide-y divide-line" data-testid="recorded">
            {recorded.map((one, at) => (
              <Judged key={one.id} catalogue={catalogue} recorded={one} newest={at === 0} />
            ))}
          </ul>
        </Card>
      )}
    </>
  )
}

function Waiting({ catalogue, items }: { catalogue: Catalogue; items: readonly UnsentFuel[] }) {
  return (
    <Card title={<Trans>Tersimpan di perangkat ini</Trans>}>
      <ul className="flex flex-col divide-y divide-line" data-testid="unsent">
        {items.map(item => (
          <li key={item.id} className="flex items-center gap-2.5 py-2.5">
            <CloudUpload aria-hidden className="size-4 shrink-0 text-muted" />
            <span className="min-w-0 flex-1">
              <Facts catalogue={catalogue} body={item.body} />
            </span>
            <Tag>
              <Trans>Belum terkirim</Trans>
            </Tag>
          </li>
        ))}
      </ul>
    </Card>
  )
}

interface JudgedProps {
  catalogue: Catalogue
  recorded: Recorded
  newest: boolean
}

function Judged({ catalogue, recorded, newest }: JudgedProps) {
  const { t } = useLingui()
  const { verdict, fact } = recorded
  const seesDetail = useMay('anomalies', 'r')
  const item = useRef<HTMLLIElement>(null)
  useEffect(() => {
    // On a phone the answer would otherwise appear below the screen.
    if (newest) item.current?.scrollIntoView({ block: 'nearest' })
  }, [newest])
  return (
    <li ref={item} className="flex scroll-mb-20 flex-col gap-1 py-3">
      <div className="flex items-start justify-between gap-3">
        <Facts catalogue={catalogue} body={recorded.body} />
        {verdict ? (
          <StatusBadge status={verdict.status} />
        ) : (
          <Tag>
            <Trans>Menunggu penilaian</Trans>
          </Tag>
        )}
      </div>
      <p className="text-sm text-muted">
        <Sentence recorded={recorded} />
      </p>
      {fact.warnings.map(warning => (
        <p key={warning.code} className="flex items-start gap-1.5 text-sm text-waspada">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          {warning.message}
        </p>
      ))}
      {verdict && verdict.status !== 'NORMAL' && seesDetail && (
        <Link
          to="/anomalies"
          search={{ id: verdict.id }}
          aria-label={t`Lihat penilaian ${verdict.location.name}, ${verdict.product.name}`}
          className="inline-flex min-h-6 items-center self-start text-sm font-medium text-brand hover:underline"
        >
          <Trans>Lihat penilaian</Trans>
        </Link>
      )}
    </li>
  )
}

function Facts({ catalogue, body }: { catalogue: Catalogue; body: NewFact }) {
  const location = catalogue.locationOf.get(body.location_id)?.name ?? body.location_id
  const product = catalogue.productOf.get(body.product_id)?.name ?? body.product_id
  return (
    <span className="block text-sm font-medium">
      {quantity(String(body.volume_l), 'L', 6)}{' '}
      <span className="font-normal text-muted">
        · {product} · {location} · {date(body.date)}
      </span>
    </span>
  )
}

/** `Tercatat. Pemakaian 520 L, 173% dari biasanya: ANOMALI. Menjadi Waspada bila paling banyak 450 L.` */
function Sentence({ recorded: { verdict } }: { recorded: Recorded }) {
  const { i18n } = useLingui()
  if (!verdict) return <Trans>Tercatat. Penilaian menyusul.</Trans>
  const { status, baseline, risk_score, reason } = verdict
  const use = quantity(verdict.volume, 'L')
  const share = percent(risk_score ?? '')
  const word = i18n._(statusWord(status)).toUpperCase()
  return (
    <>
      {risk_score === null || baseline === null || reason.code === 'RENDAH' ? (
        <Trans>
          Tercatat. <Reason verdict={verdict} />
        </Trans>
      ) : (
        <Trans>
          Tercatat. Pemakaian {use}, {share} dari biasanya: {word}.
        </Trans>
      )}
      <Milder verdict={verdict} />
    </>
  )
}
