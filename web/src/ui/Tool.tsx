import type { ComponentProps, ReactNode } from 'react'
import { useWide } from '@/lib/media'
import { Button, IconButton } from './Button'

interface ToolProps extends ComponentProps<'button'> {
  label: string
  icon: ReactNode
}

/** A quiet button beside the filters of a list; a phone has room for its icon only. */
export function Tool({ label, icon, ...rest }: ToolProps) {
  return useWide() ? (
    <Button look="quiet" icon={icon} {...rest}>
      {label}
    </Button>
  ) : (
    <IconButton label={label} {...rest}>
      {icon}
    </IconButton>
  )
}
