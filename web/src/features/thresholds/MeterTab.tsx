import { i18n } from '@lingui/core'
import { Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { EffectiveMeterLimits, MeterLimitsVersion } from '@/api'
import { usePeople } from '@/app/people'
import { useMay } from '@/app/session'
import { moment, number, quantity } from '@/lib/format'
import { Button } from '@/ui/Button'
import { ScrollBox } from '@/ui/ScrollBox'
import { Failed, Skeleton } from '@/ui/States'
import { Tag } from '@/ui/StatusBadge'
import { meterLimitsQuery, meterVersionsQuery } from './queries'
import { classWord, METER_SCOPES, ofWhom, sizeWord, STATES, TONES } from './words'

interface MeterTabProps {
  /** Change what holds for a tariff class and a meter size; null: for every one without its own. */
  onChange: (of: Pick<EffectiveMeterLimits, 'usage_class' | 'meter_size'>) => void
}

/** What register reads are judged by: for all, and for each class and size that has its own. */
export default function MeterTab({ onChange }: MeterTabProps) {
  const limits = useQuery(meterLimitsQuery)
  return (
    <div className="flex flex-col gap-5">
      {limits.isPending ? (
        <Skeleton lines={4} />
      ) : limits.data === undefined ? (
        <Failed
          what={<Trans>Batas meter belum bisa dimuat.</Trans>}
          error={limits.error}
          onRetry={() => void limits.refetch()}
        />
      ) : (
        <Limits items={limits.data} onChange={onChange} />
      )}
      <Versions />
    </div>
  )
}

function Limits({ items, onChange }: { items: readonly EffectiveMeterLimits[] } & MeterTabProps) {
  const { t } = useLingui()
  const maySet = useMay('thresholds', 'c')
  const head = [
    t`Ekstrem di atas`,
    t`Turun di bawah`,
    t`Turun dinilai mulai`,
    t`Panjang periode`,
    t`Nol berturut-turut`,
    t`Estimasi berturut-turut`,
    t`Ditetapkan untuk`,
  ]
  return (
    <ScrollBox>
      <table aria-label={t`Batas meter`} className="w-full text-sm">
        <thead className="text-xs text-muted">
          <tr>
            <th scope="col" className="px-3 py-1.5 text-left font-medium">
              <Trans>Golongan</Trans>
            </th>
            <th scope="col" className="px-3 py-1.5 text-left font-medium">
              <Trans>Ukuran meter</Trans>
            </th>
            {head.map(name => (
              <th key={name} scope="col" className="px-3 py-1.5 text-right font-medium">
                {name}
              </th>
            ))}
            {maySet && <td />}
          </tr>
        </thead>
        <tbody>
          {items.map(one => {
            const { usage_class, meter_size, limits, scope } = one
            const days = `${limits.month_from_days}–${limits.month_to_days}`
            return (
              <tr key={`${usage_class}/${meter_size}`} className="border-t border-line">
                <th scope="row" className="px-3 py-1.5 text-left font-medium whitespace-nowrap">
                  {classWord(usage_class)}
                </th>
                <td className="px-3 py-1.5 whitespace-nowrap">{sizeWord(meter_size)}</td>
                {[
                  quantity(limits.extreme_m3, 'm³', 3),
                  `${limits.drop_pct}%`,
                  quantity(limits.drop_floor_m3, 'm³', 3),
                  t`${days} hari`,
                  number(limits.zeros),
                  number(limits.estimates),
                  i18n._(METER_SCOPES[scope]),
                ].map((cell, at) => (
                  <td key={head[at]} className="px-3 py-1.5 text-right whitespace-nowrap tabular">
                    {cell}
                  </td>
                ))}
                {maySet && (
                  <td className="px-2 py-1 text-right">
                    <Button look="quiet" onClick={() => onChange(one)}>
                      <Trans>Ubah</Trans>
                      <span className="sr-only"> {ofWhom(one)}</span>
                    </Button>
                  </td>
                )}
              </tr>
            )
          })}
        </tbody>
      </table>
    </ScrollBox>
  )
}

/** What was set, planned ones first. */
function Versions() {
  const { t } = useLingui()
  const list = useInfiniteQuery(meterVersionsQuery)
  const items = (list.data?.pages ?? []).flatMap(page => page.items)
  if (items.length === 0) return null
  return (
    <section className="flex flex-col gap-2">
      <h2 className="text-sm font-semibold">
        <Trans>Riwayat</Trans>
      </h2>
      <ul aria-label={t`Riwayat`} className="divide-y divide-line rounded-lg border border-line">
        {items.map(one => (
          <VersionLine key={one.id} one={one} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          <Trans>Muat lagi</Trans>
        </Button>
      )}
    </section>
  )
}

function VersionLine({ one }: { one: MeterLimitsVersion }) {
  const nameOf = usePeople()
  const from = moment(one.valid_from)
  const limit = one.limits && quantity(one.limits.extreme_m3, 'm³', 3)
  const drop = one.limits?.drop_pct
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2 text-sm">
      <span className="font-medium">{ofWhom(one)}</span>
      <Tag tone={TONES[one.state]}>{i18n._(STATES[one.state])}</Tag>
      <span className="min-w-0 flex-1">
        {limit ? (
          <Trans>
            ekstrem di atas {limit}, turun di bawah {drop}%
          </Trans>
        ) : (
          <Trans>Ikut cakupan yang lebih luas</Trans>
        )}
      </span>
      <span className="text-xs text-muted">
        <Trans>mulai {from}</Trans> · {nameOf(one.created_by)}
      </span>
    </li>
  )
}
