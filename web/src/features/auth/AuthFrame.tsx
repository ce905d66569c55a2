import { useLingui } from '@lingui/react/macro'
import { Languages } from 'lucide-react'
import { useEffect, type ReactNode } from 'react'
import { Mark } from '@/app/Brand'
import { speak } from '@/app/language'
import { Button } from '@/ui/Button'

interface AuthFrameProps {
  title: string
  lead?: ReactNode
  children: ReactNode
  footer?: ReactNode
}

/** The frame of every page before the console itself. */
export function AuthFrame({ title, lead, children, footer }: AuthFrameProps) {
  const { i18n } = useLingui()
  const other = i18n.locale === 'en' ? ('id' as const) : ('en' as const)
  useEffect(() => {
    document.title = `${title} · Arus`
  }, [title])
  return (
    <div className="flex min-h-dvh flex-col items-center px-4 py-6">
      <header className="flex w-full max-w-sm items-center justify-between">
        <span className="flex items-center gap-2.5 text-lg font-semibold tracking-tight">
          <Mark className="size-8" />
          Arus
        </span>
        <Button
          look="quiet"
          lang={other}
          icon={<Languages aria-hidden className="size-4" />}
          onClick={() => void speak(other)}
        >
          {other === 'en' ? 'English' : 'Bahasa Indonesia'}
        </Button>
      </header>
      <main className="my-auto flex w-full max-w-sm flex-col gap-4 py-6">
        <div className="rounded-xl border border-line bg-surface p-6">
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          {lead && <p className="mt-1 text-sm text-muted">{lead}</p>}
          <div className="mt-5">{children}</div>
        </div>
        {footer && <p className="text-center text-sm text-muted">{footer}</p>}
      </main>
    </div>
  )
}

export const LINK = 'font-medium text-brand underline underline-offset-4'
