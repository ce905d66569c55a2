import { Menu as Base } from '@base-ui/react/menu'
import { clsx } from 'clsx'
import { Check } from 'lucide-react'
import { use, type ReactElement, type ReactNode } from 'react'
import { POPUP } from './popup'
import { Within } from './within'

const ROW =
  'flex min-h-9 cursor-default items-center gap-2.5 rounded px-2.5 text-sm outline-none select-none data-disabled:opacity-60 data-highlighted:bg-hover pointer-coarse:min-h-11 [&>svg]:size-4 [&>svg]:text-muted'

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement
  /** Opens as soon as it is there: it was fetched because somebody asked for it. */
  defaultOpen?: boolean
  side?: 'top' | 'bottom'
  align?: 'start' | 'end'
  children: ReactNode
}

export function Menu({ trigger, defaultOpen = false, side = 'bottom', align = 'end', children }: MenuProps) {
  const panel = use(Within)
  return (
    <Base.Root defaultOpen={defaultOpen}>
      <Base.Trigger render={trigger} />
      {/* Inside its panel, or the page's landmark, where a screen reader looks for it. */}
      <Base.Portal container={panel ?? document.querySelector('main')}>
        <Base.Positioner sideOffset={6} side={side} align={align} className="z-50 outline-none">
          <Base.Popup className={clsx(POPUP, 'max-h-[var(--available-height)] min-w-56 overflow-y-auto p-1')}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

export function MenuItem({
  icon,
  onClick,
  disabled = false,
  children,
}: {
  icon?: ReactNode
  onClick: () => void
  disabled?: boolean
  children: ReactNode
}) {
  return (
    <Base.Item className={ROW} onClick={onClick} disabled={disabled}>
      {icon}
      {children}
    </Base.Item>
  )
}

interface MenuChoicesProps<Value extends string> {
  label: string
  value: Value
  onChange: (value: Value) => void
  choices: readonly { value: Value; label: string; icon?: ReactNode }[]
}

/** A group of which one is chosen. */
export function MenuChoices<Value extends string>({
  label,
  value,
  onChange,
  choices,
}: MenuChoicesProps<Value>) {
  return (
    <Base.Group>
      <Base.GroupLabel className="px-2.5 pt-2 pb-1 text-xs text-muted">{label}</Base.GroupLabel>
      <Base.RadioGroup value={value} onValueChange={(next: Value) => onChange(next)}>
        {choices.map(choice => (
          <Base.RadioItem key={choice.value} value={choice.value} className={ROW} closeOnClick>
            {choice.icon}
            <span className="flex-1">{choice.label}</span>
            <Base.RadioItemIndicator>
              <Check aria-hidden className="size-4 text-brand" />
            </Base.RadioItemIndicator>
          </Base.RadioItem>
        ))}
      </Base.RadioGroup>
    </Base.Group>
  )
}

/** What the items below it are about. */
export function MenuGroup({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <Base.Group>
      <Base.GroupLabel className="max-w-64 px-2.5 pt-2 pb-1 text-xs text-muted">{label}</Base.GroupLabel>
      {children}
    </Base.Group>
  )
}

export function MenuLine() {
  return <Base.Separator className="-mx-1 my-1 h-px bg-line" />
}
