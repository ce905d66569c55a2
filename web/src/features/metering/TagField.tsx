import { useLingui } from '@lingui/react/macro'
import type { MeterSummary, Tag } from '@/api'
import { number } from '@/lib/format'
import { oneOf } from '@/lib/search'
import { Combobox } from '@/ui/Combobox'
import { TAG_WORDS, TAGS } from './tags'

interface TagFieldProps {
  tag: Tag | undefined
  summary: MeterSummary | undefined
  onChange: (tag: Tag | undefined) => void
}

/** Which tag, and of how many customers each holds. */
export default function TagField({ tag, summary, onChange }: TagFieldProps) {
  const { t, i18n } = useLingui()
  return (
    <Combobox
      label={t`Tanda`}
      placeholder={t({ message: 'Semua', context: 'meter' })}
      choices={TAGS.map(one => ({
        value: one,
        label: i18n._(TAG_WORDS[one]),
        detail: number(summary?.tags[one]?.count ?? 0),
      }))}
      value={tag ?? null}
      onChange={next => onChange(oneOf(next, TAGS))}
    />
  )
}
