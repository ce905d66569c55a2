import { useLingui } from '@lingui/react'
import { Info, OctagonAlert, TriangleAlert } from 'lucide-react'
import { SEVERITIES, type Severity } from './words'

const LOOK = {
  info: { icon: Info, className: 'bg-info-soft text-info' },
  warning: { icon: TriangleAlert, className: 'bg-waspada-soft text-waspada' },
  critical: { icon: OctagonAlert, className: 'bg-anomali-soft text-anomali' },
} satisfies Record<Severity, unknown>

/** How bad: icon, word and colour together. */
export function SeverityTag({ severity }: { severity: Severity }) {
  const { i18n } = useLingui()
  const { icon: Icon, className } = LOOK[severity]
  return (
    <span
      className={`inline-flex items-center gap-1.5 rounded px-1.5 py-0.5 text-xs font-semibold whitespace-nowrap ${className}`}
    >
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {i18n._(SEVERITIES[severity])}
    </span>
  )
}
