/** What each location or product used, and how that changed. */
import { Plural, Trans } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { ArrowDown, ArrowUp } from 'lucide-react'
import type { Trend } from '@/api'
import { number, percent, quantity } from '@/lib/format'
import { ScrollBox } from '@/ui/ScrollBox'

export function Parts({ trend, shown }: { trend: Trend; shown: number }) {
  const total = trend.series.reduce((sum, one) => sum + Number(one.total.volume_l ?? 0), 0)
  const key = trend.by === 'location' ? 'location' : 'product'
  return (
    <div className="flex flex-col gap-2">
      {trend.series.length > shown && (
        <p className="text-xs text-muted">
          <Plural value={shown} other="Grafik menggambar # yang terbanyak; tabel memuat semuanya." />
        </p>
      )}
      <ScrollBox>
        <table className="w-full text-sm">
          <thead className="text-xs text-muted">
            <tr>
              <th scope="col" className="px-3 py-1.5 text-left font-medium">
                {trend.by === 'location' ? (
                  <Trans context="satu">Lokasi</Trans>
                ) : (
                  <Trans context="satu">Produk</Trans>
                )}
              </th>
              <Head>
                <Trans>Pemakaian</Trans>
              </Head>
              <Head>
                <Trans context="porsi">Bagian</Trans>
              </Head>
              {trend.compare && (
                <Head>
                  <Trans>Perubahan</Trans>
                </Head>
              )}
              <Head>
                <Trans>Catatan</Trans>
              </Head>
            </tr>
          </thead>
          <tbody>
            {trend.series.map(one => (
              <tr key={one.id ?? 'rest'} className="border-t border-line">
                <th scope="row" className="px-3 py-1.5 text-left font-normal">
                  {one.id ? (
                    <Link
                      from="/trends"
                      search={known => {
                        const { by: _, ...rest } = known
                        return { ...rest, [key]: one.id ?? undefined }
                      }}
                      className="text-brand hover:underline"
                    >
                      {one.name}
                    </Link>
                  ) : (
                    <Trans>Lainnya</Trans>
                  )}
                </th>
                <Cell>{one.total.volume_l === null ? '–' : quantity(one.total.volume_l, 'L')}</Cell>
                <Cell>{total > 0 ? percent((Number(one.total.volume_l ?? 0) / total) * 100, 1) : '–'}</Cell>
                {trend.compare && (
                  <Cell>
                    <Change pct={one.total.change_pct} />
                  </Cell>
                )}
                <Cell>{number(one.total.transactions)}</Cell>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </div>
  )
}

function Head({ children }: { children: React.ReactNode }) {
  return (
    <th scope="col" className="px-3 py-1.5 text-right font-medium">
      {children}
    </th>
  )
}

function Cell({ children }: { children: React.ReactNode }) {
  return <td className="px-3 py-1.5 text-right whitespace-nowrap tabular">{children}</td>
}

function Change({ pct }: { pct: string | null }) {
  if (pct === null) return '–'
  const value = Number(pct)
  const shown = percent(Math.abs(value), 1)
  if (value === 0) return shown
  return (
    <span className="inline-flex items-center gap-1">
      {value > 0 ? (
        <ArrowUp aria-hidden className="size-3.5 text-muted" />
      ) : (
        <ArrowDown aria-hidden className="size-3.5 text-muted" />
      )}
      {value > 0 ? <Trans>naik {shown}</Trans> : <Trans>turun {shown}</Trans>}
    </span>
  )
}
