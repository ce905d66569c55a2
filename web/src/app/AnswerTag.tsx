import { useLingui } from '@lingui/react/macro'
import { BadgeCheck, CircleX, UserCheck } from 'lucide-react'
import type { NewAnswer } from '@/api'
import { Tag } from '@/ui/StatusBadge'
import { ANSWERS } from './incidents'

const ICONS = { acknowledged: UserCheck, confirmed: BadgeCheck, false_positive: CircleX }

/** What a person said of an incident, in one word. */
export function AnswerTag({ answer }: { answer: NewAnswer['answer'] }) {
  const { i18n } = useLingui()
  return (
    <Tag tone={answer === 'false_positive' ? 'muted' : 'info'} icon={ICONS[answer]}>
      {i18n._(ANSWERS[answer])}
    </Tag>
  )
}
