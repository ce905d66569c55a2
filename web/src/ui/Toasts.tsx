import { Toast as Base } from '@base-ui/react/toast'
import { useLingui } from '@lingui/react/macro'
import { X } from 'lucide-react'
import { useEffect } from 'react'
import { IconButton } from './Button'
import { shownBy, type Notice } from './Toast'

const manager = Base.createToastManager()

function show({ text, action, forMs = 5_000 }: Notice): void {
  const id = manager.add({
    title: text,
    timeout: forMs,
    ...(action && {
      actionProps: {
        children: action.label,
        onClick: () => {
          manager.close(id)
          action.onClick()
        },
      },
    }),
  })
}

/** Where notices are shown. */
export default function Toasts() {
  const { t } = useLingui()
  useEffect(() => shownBy(show), [])
  return (
    <Base.Provider toastManager={manager} limit={3}>
      <Base.Portal>
        <Base.Viewport
          aria-label={t`Pesan`}
          className="fixed inset-x-3 bottom-18 z-50 flex flex-col gap-2 print:hidden sm:inset-x-auto sm:right-5 sm:w-96 md:bottom-5"
        >
          <List />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  )
}

function List() {
  const { t } = useLingui()
  const { toasts } = Base.useToastManager()
  return toasts.map(item => (
    <Base.Root
      key={item.id}
      toast={item}
      swipeDirection={['right', 'down']}
      className="rounded-md border border-line bg-text text-surface shadow-pop transition-[opacity,translate] duration-150 data-ending-style:opacity-0 data-starting-style:translate-y-2 data-starting-style:opacity-0"
    >
      <Base.Content className="flex items-center gap-2 py-1.5 pr-1.5 pl-4">
        <Base.Title className="min-w-0 flex-1 text-sm" />
        {item.actionProps && (
          <Base.Action className="min-h-9 rounded px-2.5 text-sm font-semibold underline underline-offset-4 pointer-coarse:min-h-11" />
        )}
        <Base.Close
          render={
            <IconButton
              label={t`Tutup pesan`}
              className="text-surface hover:bg-transparent hover:text-surface"
            />
          }
        >
          <X aria-hidden />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ))
}
