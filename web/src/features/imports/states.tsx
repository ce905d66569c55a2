/** What the states of an import are called, and how they look. */
import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useLingui } from '@lingui/react'
import type { ImportRecord } from '@/api'
import { Tag } from '@/ui/StatusBadge'

const STATES: Record<
  ImportRecord['state'],
  { word: MessageDescriptor; tone: 'info' | 'good' | 'warning' | 'danger' | 'muted' }
> = {
  queued: { word: msg`Menunggu`, tone: 'info' },
  analysed: { word: msg`Diperiksa`, tone: 'info' },
  needs_mapping: { word: msg`Perlu jawaban`, tone: 'warning' },
  preview: { word: msg`Siap disimpan`, tone: 'info' },
  committing: { word: msg`Sedang disimpan`, tone: 'info' },
  completed: { word: msg`Selesai`, tone: 'good' },
  completed_with_errors: { word: msg`Selesai, ada yang ditolak`, tone: 'warning' },
  failed: { word: msg`Gagal`, tone: 'danger' },
  undoing: { word: msg`Sedang dibatalkan`, tone: 'info' },
  undone: { word: msg`Dibatalkan`, tone: 'muted' },
}

export function StateTag({ state }: { state: ImportRecord['state'] }) {
  const { i18n } = useLingui()
  const { word, tone } = STATES[state]
  return <Tag tone={tone}>{i18n._(word)}</Tag>
}
