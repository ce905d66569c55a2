import { useLingui } from '@lingui/react/macro'
import { Download } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import type { ExportSize } from '@/api'
import { Tool } from '@/ui/Tool'

const ExportMenu = lazy(() => import('./ExportMenu'))

export type ExportFormat = 'csv' | 'xlsx' | 'pdf'

export interface Exporting {
  /** What is exported; with it the count is remembered. */
  what: Readonly<Record<string, unknown>>
  /** Whether filters narrow it. */
  filtered: boolean
  size: (signal: AbortSignal) => Promise<ExportSize>
  fetch: (format: ExportFormat) => Promise<Response>
}

/** Beside the filters of a list: take what they find away as a file. label: where a page has several. */
export function ExportTool({ label, ...exporting }: Exporting & { label?: string }) {
  const { t } = useLingui()
  const [asked, setAsked] = useState(false)
  const press = asked ? {} : { onClick: () => setAsked(true) }
  const button = (
    <Tool
      label={label ?? t`Ekspor`}
      icon={<Download aria-hidden className="size-4" />}
      aria-haspopup="menu"
      {...press}
    />
  )
  return asked ? (
    <Suspense fallback={button}>
      <ExportMenu trigger={button} {...exporting} />
    </Suspense>
  ) : (
    button
  )
}
