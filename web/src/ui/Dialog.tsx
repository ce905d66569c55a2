/** Panels over the page: a dialog in its middle, a drawer at its side (from below on phones). */
import { Dialog as Base } from '@base-ui/react/dialog'
import { useLingui } from '@lingui/react/macro'
import { clsx } from 'clsx'
import { X } from 'lucide-react'
import { useRef, type ReactNode } from 'react'
import { IconButton } from './Button'
import { Within } from './within'

interface PanelProps {
  open: boolean
  onClose: () => void
  title: ReactNode
  /** One sentence under the title. */
  description?: ReactNode
  children: ReactNode
  /** Buttons that stay in sight at the bottom. */
  footer?: ReactNode
}

const BACKDROP =
  'fixed inset-0 bg-[#06141a]/45 print:hidden transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0'

export function Dialog(props: PanelProps) {
  return (
    <Panel
      {...props}
      className={clsx(
        'inset-x-3 bottom-3 max-h-[calc(100dvh-1.5rem)] rounded-lg duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0',
        'sm:inset-auto sm:top-1/2 sm:left-1/2 sm:w-[28rem] sm:-translate-1/2',
      )}
    />
  )
}

export function Drawer(props: PanelProps) {
  return (
    <Panel
      {...props}
      className={clsx(
        'inset-x-0 bottom-0 max-h-[92dvh] rounded-t-xl duration-200 ease-out',
        'data-ending-style:translate-y-full data-starting-style:translate-y-full',
        'md:inset-y-0 md:right-0 md:left-auto md:max-h-none md:w-[30rem] md:rounded-none md:border-l',
        'md:data-ending-style:translate-x-full md:data-ending-style:translate-y-0',
        'md:data-starting-style:translate-x-full md:data-starting-style:translate-y-0',
      )}
    />
  )
}

function Panel({
  open,
  onClose,
  title,
  description,
  children,
  footer,
  className,
}: PanelProps & { className: string }) {
  const { t } = useLingui()
  const panel = useRef<HTMLDivElement>(null)
  return (
    <Base.Root open={open} onOpenChange={next => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={BACKDROP} />
        <Base.Popup
          ref={panel}
          initialFocus={how => firstField(panel.current, how)}
          className={clsx(
            'fixed flex flex-col border border-line bg-raised text-text shadow-pop outline-none transition-[transform,opacity]',
            'print:static print:block print:max-h-none print:w-auto print:border-0 print:shadow-none',
            className,
          )}
        >
          <Within value={panel}>
            <header className="flex items-start gap-3 px-5 pt-4 pb-3">
              <div className="min-w-0 flex-1">
                <Base.Title className="text-base font-semibold">{title}</Base.Title>
                {description && (
                  <Base.Description className="mt-0.5 text-sm text-muted">{description}</Base.Description>
                )}
              </div>
              <Base.Close render={<IconButton label={t`Tutup`} className="-mt-1 -mr-2" />}>
                <X aria-hidden />
              </Base.Close>
            </header>
            <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-5 pb-5 print:overflow-visible">
              {children}
            </div>
            {footer && (
              <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3 print:hidden pb-[max(0.75rem,env(safe-area-inset-bottom))]">
                {footer}
              </footer>
            )}
          </Within>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

/** A form begins at its first field; a finger does not want the keyboard yet, and what is only read has none. */
function firstField(panel: HTMLElement | null, how: string): HTMLElement | null {
  const field = how === 'touch' ? null : panel?.querySelector<HTMLElement>('form input:not([type=hidden])')
  return field ?? panel
}
