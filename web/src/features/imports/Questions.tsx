import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { AskedOut, ImportDetail } from '@/api'
import { Button } from '@/ui/Button'
import { TextField } from '@/ui/Field'
import { Select } from '@/ui/Select'
import { optionWord } from './options'
import { typesQuery } from './queries'
import { useSaying } from './saying'

/** The one question that is answered without options to choose from. */
const PERIOD = 'period'

export function Questions({ found, questions }: { found: ImportDetail; questions: readonly AskedOut[] }) {
  const { t } = useLingui()
  const saying = useSaying(found)
  const types = useQuery(typesQuery).data ?? []
  const [answers, setAnswers] = useState<Record<string, string>>({})
  const answer = (key: string, value: string) => setAnswers(now => ({ ...now, [key]: value }))
  return (
    <form
      className="flex flex-col gap-3 rounded-lg border border-line p-4"
      onSubmit={event => {
        event.preventDefault()
        saying.mutate({ answers })
      }}
    >
      {questions.map(one =>
        one.options.length > 0 ? (
          <Select
            key={one.key}
            label={one.message}
            choices={[
              ...(one.answer ? [] : [{ value: '', label: t`Pilih` }]),
              ...one.options.map(value => ({ value, label: optionWord(one.key, value, types) })),
            ]}
            value={answers[one.key] ?? one.answer}
            onChange={value => answer(one.key, value)}
          />
        ) : one.key === PERIOD ? (
          <TextField
            key={one.key}
            label={one.message}
            type="month"
            value={answers[one.key] ?? ''}
            onChange={event => answer(one.key, event.target.value)}
          />
        ) : (
          <p key={one.key} className="text-sm">
            {one.message}
          </p>
        ),
      )}
      {questions.some(one => one.options.length > 0 || one.key === PERIOD) && (
        <Button
          type="submit"
          look="primary"
          busy={saying.isPending}
          disabled={Object.values(answers).every(value => value === '')}
        >
          <Trans>Jawab</Trans>
        </Button>
      )}
    </form>
  )
}
