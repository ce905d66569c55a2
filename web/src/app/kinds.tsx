/** The seven anomalies of a register read: what they are called and how they look. */
import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react'
import {
  Calculator,
  ChevronsUp,
  CircleMinus,
  CircleSlash,
  PencilOff,
  ReceiptText,
  TrendingDown,
  type LucideIcon,
} from 'lucide-react'
import type { Kind } from '@/api'
import { Tag } from '@/ui/StatusBadge'

export const KINDS = [
  'extreme',
  'turun',
  'zero',
  'negative',
  'salah_catat',
  'rebill',
  'estimasi',
] as const satisfies readonly Kind[]

export const KIND_LOOK: Readonly<Record<Kind, { word: MessageDescriptor; icon: LucideIcon }>> = {
  extreme: { word: msg({ message: 'Ekstrem', context: 'meter' }), icon: ChevronsUp },
  turun: { word: msg({ message: 'Turun', context: 'meter' }), icon: TrendingDown },
  zero: { word: msg({ message: 'Nol', context: 'meter' }), icon: CircleSlash },
  negative: { word: msg({ message: 'Negatif', context: 'meter' }), icon: CircleMinus },
  salah_catat: { word: msg({ message: 'Salah catat', context: 'meter' }), icon: PencilOff },
  rebill: { word: msg({ message: 'Tagih ulang', context: 'meter' }), icon: ReceiptText },
  estimasi: { word: msg({ message: 'Estimasi', context: 'meter' }), icon: Calculator },
}

/** Every kind that holds of a read, each with its icon and word. */
export function KindTags({ kinds }: { kinds: readonly Kind[] }) {
  const { i18n } = useLingui()
  return (
    <span className="flex flex-wrap gap-1">
      {kinds.map(kind => (
        <Tag key={kind} tone="warning" icon={KIND_LOOK[kind].icon}>
          {i18n._(KIND_LOOK[kind].word)}
        </Tag>
      ))}
    </span>
  )
}
