import { Trans } from '@lingui/react/macro'
import { PencilLine } from 'lucide-react'
import type { ReactNode, SubmitEvent } from 'react'
import { FormError } from './FormError'

interface FormProps {
  /** For a button that stands elsewhere. */
  id?: string
  form: {
    onSubmit: (event: SubmitEvent) => void
    failure: string | null
    restored: boolean
    startOver: () => void
  }
  children: ReactNode
}

/** Fields under each other; above them what went wrong, and whether what was typed before came back. */
export function Form({ id, form, children }: FormProps) {
  return (
    <form id={id} noValidate onSubmit={form.onSubmit} className="flex flex-col gap-4">
      <FormError>{form.failure}</FormError>
      {form.restored && (
        <p className="flex flex-wrap items-center gap-x-2 rounded-md bg-info-soft px-3 py-1 text-sm text-info">
          <PencilLine aria-hidden className="size-4 shrink-0" />
          <span className="flex-1">
            <Trans>Isian yang belum tersimpan ada di sini lagi.</Trans>
          </span>
          <button
            type="button"
            onClick={form.startOver}
            className="min-h-9 font-medium underline underline-offset-4 pointer-coarse:min-h-11"
          >
            <Trans>Mulai dari awal</Trans>
          </button>
        </p>
      )}
      {children}
    </form>
  )
}
