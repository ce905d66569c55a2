import { Combobox as Base } from '@base-ui/react/combobox'
import { useLingui } from '@lingui/react/macro'
import { clsx } from 'clsx'
import { Check, ChevronsUpDown } from 'lucide-react'
import type { ReactNode, RefObject } from 'react'
import { CONTROL, Field } from './Field'
import { ITEM, LIST, POPUP } from './popup'

export interface Choice {
  value: string
  label: string
  /** Small words after the label: a code, a kind. */
  detail?: string
}

interface ComboboxProps {
  label: ReactNode
  choices: readonly Choice[]
  value: string | null
  onChange: (value: string | null) => void
  placeholder?: string
  error?: string | undefined
  hint?: ReactNode
  disabled?: boolean
  inputRef?: RefObject<HTMLInputElement | null>
  /** Where `/` goes. */
  isSearch?: boolean
}

/** Pick one of many by typing a part of its name. */
export function Combobox({
  label,
  choices,
  value,
  onChange,
  placeholder,
  error,
  hint,
  disabled,
  inputRef,
  isSearch = false,
}: ComboboxProps) {
  const { t } = useLingui()
  const chosen = choices.find(choice => choice.value === value) ?? null
  return (
    <Field label={label} error={error} hint={hint}>
      <Base.Root
        items={choices}
        value={chosen}
        onValueChange={next => onChange(next?.value ?? null)}
        isItemEqualToValue={(a, b) => a.value === b.value}
        autoHighlight
        disabled={disabled ?? false}
      >
        <div className="relative">
          <Base.Input
            ref={inputRef}
            data-search={isSearch || undefined}
            placeholder={placeholder}
            className={clsx(CONTROL, 'pr-9')}
          />
          <Base.Trigger
            aria-label={t`Tampilkan pilihan`}
            className="absolute inset-y-0 right-0 flex w-9 items-center justify-center text-muted"
          >
            <ChevronsUpDown aria-hidden className="size-4" />
          </Base.Trigger>
        </div>
        <Base.Portal>
          <Base.Positioner sideOffset={4} className="z-50 outline-none">
            <Base.Popup className={clsx(POPUP, 'w-[var(--anchor-width)]')}>
              <Base.Empty>
                <div className="px-3 py-3 text-sm text-muted">{t`Tidak ada yang cocok.`}</div>
              </Base.Empty>
              <Base.List className={LIST}>
                {(choice: Choice) => (
                  <Base.Item key={choice.value} value={choice} className={ITEM}>
                    <Base.ItemIndicator className="col-start-1">
                      <Check aria-hidden className="size-4 text-brand" />
                    </Base.ItemIndicator>
                    <span className="col-start-2 min-w-0 truncate">
                      {choice.label}
                      {choice.detail && <span className="ml-2 text-xs text-muted">{choice.detail}</span>}
                    </span>
                  </Base.Item>
                )}
              </Base.List>
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </Field>
  )
}
