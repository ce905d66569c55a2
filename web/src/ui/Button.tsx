import { clsx } from 'clsx'
import { LoaderCircle } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'

type Look = 'primary' | 'secondary' | 'quiet' | 'danger'

const LOOKS: Record<Look, string> = {
  primary: 'bg-brand text-on-brand hover:bg-brand-strong border-transparent',
  secondary: 'bg-raised text-text border-edge hover:bg-hover',
  quiet: 'bg-transparent text-text border-transparent hover:bg-hover',
  danger: 'bg-anomali-soft text-anomali border-transparent hover:border-anomali',
}

/** Classes of a button, for links that act as one. */
export function buttonLook(look: Look = 'secondary', className?: string): string {
  return clsx(
    'inline-flex min-h-9 items-center justify-center gap-2 rounded-md border px-3 text-sm font-medium whitespace-nowrap',
    'transition-colors select-none pointer-coarse:min-h-11 print:hidden',
    'disabled:cursor-not-allowed disabled:opacity-60 aria-disabled:cursor-not-allowed aria-disabled:opacity-60',
    LOOKS[look],
    className,
  )
}

interface ButtonProps extends ComponentProps<'button'> {
  look?: Look
  icon?: ReactNode
  /** The act is under way: the button keeps its place and the focus, and cannot be pressed again. */
  busy?: boolean
}

export function Button({
  look = 'secondary',
  icon,
  busy = false,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  // What is truly disabled loses the focus, and with it the keyboard's place on the page.
  const isOff = busy || rest['aria-disabled'] === true
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={isOff || undefined}
      onClick={isOff ? event => event.preventDefault() : onClick}
      className={buttonLook(look, className)}
    >
      {busy ? <LoaderCircle aria-hidden className="size-4 animate-spin" /> : icon}
      {children}
    </button>
  )
}

interface IconButtonProps extends ComponentProps<'button'> {
  label: string
}

/** A button that is only an icon; its label is its name and its tooltip. */
export function IconButton({ label, className, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={clsx(
        'inline-flex size-9 shrink-0 items-center justify-center rounded-md text-muted transition-colors hover:bg-hover hover:text-text print:hidden',
        'pointer-coarse:size-11 [&>svg]:size-4.5',
        className,
      )}
    >
      {children}
    </button>
  )
}
