/**
 * A decimal with its unit, kept as typed text. Base UI's number field holds a float; a volume has to reach the
 * server exactly as it was written, so the text is parsed by `lib/quantity`.
 */
import { Field as Base } from '@base-ui/react/field'
import { clsx } from 'clsx'
import type { ComponentProps, ReactNode } from 'react'
import { CONTROL, Field } from './Field'

interface NumberFieldProps extends Omit<ComponentProps<'input'>, 'className'> {
  label: ReactNode
  unit: string
  error?: string | undefined
  hint?: ReactNode
}

export function NumberField({ label, unit, error, hint, ...input }: NumberFieldProps) {
  return (
    <Field label={label} error={error} hint={hint}>
      <div className="relative">
        <Base.Control
          inputMode="decimal"
          autoComplete="off"
          {...input}
          className={clsx(CONTROL, 'pr-10 text-right tabular')}
        />
        <span
          aria-hidden
          className="pointer-events-none absolute inset-y-0 right-3 flex items-center text-muted"
        >
          {unit}
        </span>
      </div>
    </Field>
  )
}
