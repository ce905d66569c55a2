import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react'
import { clsx } from 'clsx'
import { CircleCheck, CircleDashed, Info, OctagonAlert, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'

export type Status = 'NORMAL' | 'WASPADA' | 'ANOMALI'

const LOOK: Record<Status, { icon: typeof Info; className: string; word: MessageDescriptor }> = {
  NORMAL: { icon: CircleCheck, className: 'bg-normal-soft text-normal', word: msg`Normal` },
  WASPADA: { icon: TriangleAlert, className: 'bg-waspada-soft text-waspada', word: msg`Waspada` },
  ANOMALI: { icon: OctagonAlert, className: 'bg-anomali-soft text-anomali', word: msg`Anomali` },
}

const PILL = 'inline-flex items-center gap-1.5 rounded px-1.5 py-0.5 text-xs font-semibold whitespace-nowrap'

export function statusWord(status: Status): MessageDescriptor {
  return LOOK[status].word
}

/** A verdict: always icon, word and colour together. */
export function StatusBadge({ status, className }: { status: Status; className?: string }) {
  const { i18n } = useLingui()
  const { icon: Icon, className: look, word } = LOOK[status]
  return (
    <span className={clsx(PILL, look, className)}>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {i18n._(word)}
    </span>
  )
}

export type Severity = 'info' | 'warning' | 'critical'

const SEVERITIES: Record<Severity, { icon: typeof Info; className: string; word: MessageDescriptor }> = {
  info: {
    icon: Info,
    className: 'bg-info-soft text-info',
    word: msg({ message: 'Info', context: 'tingkat' }),
  },
  warning: { icon: TriangleAlert, className: 'bg-waspada-soft text-waspada', word: msg`Peringatan` },
  critical: { icon: OctagonAlert, className: 'bg-anomali-soft text-anomali', word: msg`Kritis` },
}

export function severityWord(severity: Severity): MessageDescriptor {
  return SEVERITIES[severity].word
}

/** How severe an alarm is: always icon, word and colour together. */
export function SeverityBadge({ severity, className }: { severity: Severity; className?: string }) {
  const { i18n } = useLingui()
  const { icon: Icon, className: look, word } = SEVERITIES[severity]
  return (
    <span className={clsx(PILL, look, className)}>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {i18n._(word)}
    </span>
  )
}

type Tone = 'info' | 'good' | 'warning' | 'danger' | 'muted'
const TONES: Record<Tone, { icon: typeof Info; className: string }> = {
  info: { icon: Info, className: 'bg-info-soft text-info' },
  good: { icon: CircleCheck, className: 'bg-normal-soft text-normal' },
  warning: { icon: TriangleAlert, className: 'bg-waspada-soft text-waspada' },
  danger: { icon: OctagonAlert, className: 'bg-anomali-soft text-anomali' },
  muted: { icon: CircleDashed, className: 'bg-hover text-muted' },
}

interface TagProps {
  tone?: Tone
  /** Where the tone's own would be taken for a severity. */
  icon?: typeof Info
  children: ReactNode
}

/** Any other state in one word. */
export function Tag({ tone = 'muted', icon, children }: TagProps) {
  const { icon: usual, className } = TONES[tone]
  const Icon = icon ?? usual
  return (
    <span className={clsx(PILL, className)}>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {children}
    </span>
  )
}
