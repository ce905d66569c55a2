import { CircleAlert } from 'lucide-react'

/** What went wrong with a form as a whole. */
export function FormError({ children }: { children: string | null }) {
  if (!children) return null
  return (
    <p
      role="alert"
      className="flex items-start gap-2 rounded-md bg-anomali-soft px-3 py-2 text-sm text-anomali"
    >
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      {children}
    </p>
  )
}
