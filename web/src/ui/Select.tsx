import { Select as Base } from '@base-ui/react/select'
import { clsx } from 'clsx'
import { Check, ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Choice } from './Combobox'
import { CONTROL, Field } from './Field'
import { ITEM, LIST, POPUP } from './popup'

interface SelectProps<Value extends string> {
  label: ReactNode
  choices: readonly (Choice & { value: Value })[]
  value: Value
  onChange: (value: Value) => void
  error?: string | undefined
  hint?: ReactNode
  disabled?: boolean
}

/** Pick one of a few. */
export function Select<Value extends string>({
  label,
  choices,
  value,
  onChange,
  error,
  hint,
  disabled,
}: SelectProps<Value>) {
  return (
    <Field label={label} error={error} hint={hint}>
      <Base.Root
        items={choices}
        value={value}
        onValueChange={next => next !== null && onChange(next)}
        disabled={disabled ?? false}
      >
        <Base.Trigger className={clsx(CONTROL, 'flex items-center justify-between gap-2 text-left')}>
          <Base.Value className="truncate" />
          <Base.Icon>
            <ChevronDown aria-hidden className="size-4 text-muted" />
          </Base.Icon>
        </Base.Trigger>
        <Base.Portal>
          <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-none">
            <Base.Popup className={POPUP}>
              <Base.List className={LIST}>
                {choices.map(choice => (
                  <Base.Item key={choice.value} value={choice.value} className={ITEM}>
                    <Base.ItemIndicator className="col-start-1">
                      <Check aria-hidden className="size-4 text-brand" />
                    </Base.ItemIndicator>
                    <span className="col-start-2">
                      <Base.ItemText>{choice.label}</Base.ItemText>
                      {choice.detail && <span className="ml-2 text-xs text-muted">{choice.detail}</span>}
                    </span>
                  </Base.Item>
                ))}
              </Base.List>
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </Field>
  )
}
