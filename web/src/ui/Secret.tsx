import { Trans, useLingui } from '@lingui/react/macro'
import { Copy } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from './Button'
import { toast } from './Toast'

/** Something that is shown once, with a way to take it along. children: what it is for. */
export function Secret({ secret, children }: { secret: string; children: ReactNode }) {
  const { t } = useLingui()
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm">{children}</p>
      <code className="rounded-md border border-line bg-sunken px-3 py-2 text-sm break-all">{secret}</code>
      <Button
        className="self-start"
        icon={<Copy aria-hidden className="size-4" />}
        onClick={() =>
          void navigator.clipboard.writeText(secret).then(() => toast({ text: t`Kunci tersalin.` }))
        }
      >
        <Trans>Salin</Trans>
      </Button>
    </div>
  )
}
