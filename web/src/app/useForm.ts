/** A form over a generated schema: checked before it is sent, and again by the server, in the same words and places. */
import { useEffect, useRef, useState, type SubmitEvent } from 'react'
import {
  useForm as useHookForm,
  type DefaultValues,
  type FieldPath,
  type FieldValues,
  type Resolver,
} from 'react-hook-form'
import type { ZodMiniType } from 'zod/mini'
import { sentenceOf } from '@/lib/failure'
import { check, type Missing } from './issues'
import { keptDraft, keepDraft, dropDraft } from '@/lib/kept'
import { fieldName, ProblemError, underLabel } from '@/lib/problem'

interface FormPlan<Values extends FieldValues, Body> {
  defaults: Values
  schema: ZodMiniType<Body>
  /** What is sent for these values; by default the values themselves. */
  bodyOf?: (values: Values) => unknown
  /** Words for fields left empty. */
  missing?: Missing
  /** What the schema cannot say: sentences by field. */
  also?: (values: Values) => Partial<Record<keyof Values, string | false | undefined>>
  /** Under which name what is typed survives a closed drawer; absent: it does not. */
  draft?: string
  /** Fields that are never kept. */
  secret?: readonly (keyof Values)[]
  send: (body: Body, values: Values) => Promise<unknown>
  done: (values: Values) => void
  /** Other words for a failure, null for the usual ones. */
  failed?: (error: unknown) => string | null
}

export function useForm<Values extends FieldValues, Body>(plan: FormPlan<Values, Body>) {
  const { defaults, schema, bodyOf, missing, also, draft, secret = [] } = plan
  const [restored, setRestored] = useState(() => {
    const kept = draft ? keptDraft<Values>(draft) : null
    return kept && Object.entries(kept).some(([field, value]) => value !== defaults[field]) ? kept : null
  })
  const [failure, setFailure] = useState<string | null>(null)
  const resolver: Resolver<Values, unknown, Values> = values => {
    const checked = check(schema, bodyOf ? bodyOf(values) : values, missing)
    const faults = new Map<string, string>('faults' in checked ? checked.faults : [])
    for (const [field, words] of Object.entries(also?.(values) ?? {})) {
      if (words && !faults.has(field)) faults.set(field, words)
    }
    if (faults.size === 0) return { values, errors: {} }
    const errors = Object.fromEntries(
      [...faults].map(([field, message]) => [field, { type: 'check', message }]),
    )
    return { values: {}, errors: errors as never }
  }
  const form = useHookForm<Values, unknown, Values>({
    defaultValues: { ...defaults, ...restored } as DefaultValues<Values>,
    resolver,
  })
  const { watch, reset, setError, handleSubmit, formState } = form
  const fields = Object.keys(defaults)

  const secrets = useRef(secret)
  useEffect(() => {
    if (!draft) return undefined
    const { unsubscribe } = watch(values => {
      const open = Object.entries(values).filter(([field]) => !secrets.current.includes(field))
      keepDraft(draft, Object.fromEntries(open))
    })
    return unsubscribe
  }, [watch, draft])

  const sending = useRef(false)
  const submit = handleSubmit(async values => {
    const checked = check(schema, bodyOf ? bodyOf(values) : values, missing)
    // A second press while the first is under way would make a second record.
    if (!('body' in checked) || sending.current) return
    sending.current = true
    setFailure(null)
    try {
      await plan.send(checked.body, values)
    } catch (error) {
      setFailure(plan.failed?.(error) ?? land(error))
      return
    } finally {
      sending.current = false
    }
    if (draft) dropDraft(draft)
    plan.done(values)
  })

  /** Put the server's errors on the fields they name; what remains is a sentence for the whole form. */
  function land(error: unknown): string | null {
    if (!(error instanceof ProblemError)) return sentenceOf(error)
    let landed = 0
    for (const fault of error.errors) {
      const name = fieldName(fault.field)
      if (!fields.includes(name)) continue
      const { message } = underLabel(fault)
      // Only the first one takes the focus.
      setError(name as FieldPath<Values>, { message }, { shouldFocus: landed === 0 })
      landed += 1
    }
    return landed > 0 ? null : sentenceOf(error)
  }

  return {
    ...form,
    failure,
    isBusy: formState.isSubmitting,
    errorOf: (field: keyof Values & string): string | undefined => {
      const message = formState.errors[field]?.message
      return typeof message === 'string' ? message : undefined
    },
    onSubmit: (event: SubmitEvent) => void submit(event),
    /** What was typed before is back in the fields; `startOver` empties them again. */
    restored: restored !== null,
    startOver: () => {
      if (draft) dropDraft(draft)
      setRestored(null)
      reset(defaults)
    },
  }
}
