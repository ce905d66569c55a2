/** One labelled control with its hint and its error; `CONTROL` is the look every control shares. */
import { Field as Base } from '@base-ui/react/field'
import { clsx } from 'clsx'
import { CircleAlert } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'

export const CONTROL = clsx(
  'min-h-10 w-full rounded-md border border-edge bg-surface px-3 text-sm text-text',
  'hover:border-text focus:outline-2 focus:-outline-offset-1 focus:outline-brand',
  'aria-invalid:border-anomali data-invalid:border-anomali disabled:opacity-60 pointer-coarse:min-h-11',
)

interface FieldProps {
  label: ReactNode
  hint?: ReactNode
  error?: string | undefined
  /** At the end of the label's line, for example a link. */
  aside?: ReactNode
  className?: string
}

export function Field({
  label,
  hint,
  error,
  aside,
  className,
  children,
}: FieldProps & { children: ReactNode }) {
  return (
    <Base.Root invalid={error !== undefined} className={clsx('flex min-w-0 flex-col gap-1', className)}>
      <div className="flex items-baseline justify-between gap-2">
        <Base.Label className="text-sm font-medium">{label}</Base.Label>
        {aside}
      </div>
      {children}
      {hint && error === undefined && (
        <Base.Description className="text-xs text-muted">{hint}</Base.Description>
      )}
      <Base.Error match={error !== undefined} className="flex items-start gap-1.5 text-xs text-anomali">
        <CircleAlert aria-hidden className="mt-px size-3.5 shrink-0" />
        {error}
      </Base.Error>
    </Base.Root>
  )
}

type TextFieldProps = FieldProps & Omit<ComponentProps<'input'>, 'className'> & { inputClassName?: string }

export function TextField({
  label,
  hint,
  error,
  aside,
  className,
  inputClassName,
  ...input
}: TextFieldProps) {
  return (
    <Field
      label={label}
      {...(hint === undefined ? {} : { hint })}
      {...(error === undefined ? {} : { error })}
      {...(aside === undefined ? {} : { aside })}
      {...(className === undefined ? {} : { className })}
    >
      <Base.Control {...input} className={clsx(CONTROL, inputClassName)} />
    </Field>
  )
}

type TextAreaProps = FieldProps & Omit<ComponentProps<'textarea'>, 'className'>

/** Several lines of text. */
export function TextArea({ label, hint, error, className, ...area }: TextAreaProps) {
  return (
    <Field
      label={label}
      {...(hint === undefined ? {} : { hint })}
      {...(error === undefined ? {} : { error })}
      {...(className === undefined ? {} : { className })}
    >
      <Base.Control render={<textarea {...area} className={clsx(CONTROL, 'py-2')} />} />
    </Field>
  )
}
