import { clsx } from 'clsx'
import { useEffect, type ReactNode } from 'react'

interface PageProps {
  title: string
  /** What the page is for, in one line. */
  lead?: ReactNode
  actions?: ReactNode
  children: ReactNode
  /** Forms read better narrow. */
  narrow?: boolean
}

export function Page({ title, lead, actions, children, narrow = false }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Arus`
  }, [title])
  return (
    <div
      className={clsx(
        'mx-auto flex w-full flex-col gap-4 px-4 py-4 md:px-6 md:py-5 print:max-w-none print:p-0',
        narrow ? 'max-w-3xl' : 'max-w-7xl',
      )}
    >
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          {lead && <p className="text-sm text-muted">{lead}</p>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
      {children}
    </div>
  )
}

export function Card({
  title,
  aside,
  children,
  className,
}: {
  title?: ReactNode
  aside?: ReactNode
  children: ReactNode
  className?: string
}) {
  return (
    <section
      className={clsx('min-w-0 break-inside-avoid rounded-lg border border-line bg-surface', className)}
    >
      {title && (
        <header className="flex items-center justify-between gap-3 px-4 pt-3 pb-1">
          <h2 className="text-sm font-semibold">{title}</h2>
          {aside}
        </header>
      )}
      <div className="px-4 pt-2 pb-4">{children}</div>
    </section>
  )
}
