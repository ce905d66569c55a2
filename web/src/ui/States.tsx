/** The six states every page can be in (besides having its data), in one look. */
import { Trans, useLingui } from '@lingui/react/macro'
import { clsx } from 'clsx'
import { CloudAlert, FilterX, LockKeyhole, SearchX, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { OfflineError, ProblemError } from '@/lib/problem'
import { Button } from './Button'

interface FrameProps {
  icon?: ReactNode
  title: ReactNode
  children?: ReactNode
  action?: ReactNode
  role?: 'alert' | 'status'
}

function Frame({ icon, title, children, action, role }: FrameProps) {
  return (
    <div
      role={role}
      className="flex flex-col items-center gap-2 rounded-lg border border-dashed border-line px-6 py-10 text-center [&>svg]:size-7 [&>svg]:text-muted"
    >
      {icon}
      <p className="text-sm font-semibold">{title}</p>
      {children && <div className="max-w-md text-sm text-muted">{children}</div>}
      {action && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}

/** Loading: lines of the final size. They show after 200 ms (see the `skeleton` utility). */
export function Skeleton({ lines = 6, className }: { lines?: number; className?: string }) {
  const { t } = useLingui()
  return (
    <div role="status" aria-label={t`Sedang memuat`} className={clsx('flex flex-col gap-3', className)}>
      {Array.from({ length: lines }, (_, line) => (
        <div key={line} className="skeleton h-9" style={{ width: `${100 - (line % 3) * 6}%` }} />
      ))}
    </div>
  )
}

/** Nothing here yet: what will appear, and the one thing to do. */
export function Empty({ icon, title, children, action }: Omit<FrameProps, 'role'>) {
  return (
    <Frame icon={icon} title={title} action={action}>
      {children}
    </Frame>
  )
}

/** There is something, but nothing that matches. */
export function NoMatch({ onClear }: { onClear: () => void }) {
  return (
    <Frame
      role="status"
      icon={<FilterX aria-hidden />}
      title={<Trans>Tidak ada yang cocok dengan saringan ini.</Trans>}
      action={
        <Button onClick={onClear}>
          <Trans>Hapus saringan</Trans>
        </Button>
      }
    />
  )
}

/** What asking again brings no answer to: nothing is there, or no longer. */
const GONE: ReadonlySet<number> = new Set([404, 410])

/** It failed: what failed, what is safe, what to do, and what support will ask for. */
export function Failed({ what, error, onRetry }: { what: ReactNode; error: unknown; onRetry: () => void }) {
  if (error instanceof ProblemError && error.status === 403) {
    if (error.code === 'forbidden') return <NoPermission />
    return (
      <Frame role="alert" icon={<LockKeyhole aria-hidden />} title={what}>
        {error.message}
      </Frame>
    )
  }
  if (error instanceof ProblemError && GONE.has(error.status)) {
    return (
      <Frame role="alert" icon={<SearchX aria-hidden />} title={<Trans>Tidak ditemukan.</Trans>}>
        <Trans>Sudah dihapus, milik organisasi lain, atau di luar akses Anda. Periksa tautannya.</Trans>
      </Frame>
    )
  }
  const trace = error instanceof ProblemError ? (error.trace ?? error.code) : null
  return (
    <Frame
      role="alert"
      icon={error instanceof OfflineError ? <CloudAlert aria-hidden /> : <TriangleAlert aria-hidden />}
      title={what}
      action={
        <Button onClick={onRetry}>
          <Trans>Coba lagi</Trans>
        </Button>
      }
    >
      {error instanceof OfflineError ? (
        <Trans>Server tidak terjangkau. Data Anda aman.</Trans>
      ) : (
        <Trans>Data Anda aman.</Trans>
      )}
      {trace && (
        <p className="mt-1 text-xs">
          <Trans>
            Kode untuk bantuan: <code>{trace}</code>
          </Trans>
        </p>
      )}
    </Frame>
  )
}

/** Not allowed: who may, and who can change that. */
export function NoPermission({ roles }: { roles?: ReactNode }) {
  return (
    <Frame icon={<LockKeyhole aria-hidden />} title={<Trans>Halaman ini tidak termasuk peran Anda.</Trans>}>
      {roles ?? <Trans>Minta akses kepada pemilik atau admin organisasi Anda.</Trans>}
    </Frame>
  )
}

/** Data are old or incomplete: which, and since when. */
export function Stale({ children }: { children: ReactNode }) {
  return (
    <p
      role="status"
      className="flex items-center gap-2 rounded-md bg-waspada-soft px-3 py-2 text-sm text-waspada"
    >
      <TriangleAlert aria-hidden className="size-4 shrink-0" />
      <span>{children}</span>
    </p>
  )
}
