import { useLingui } from '@lingui/react/macro'
import { Printer } from 'lucide-react'
import { Tool } from './Tool'

/** Beside the filters of a page that reads well on paper, or as a PDF. */
export function PrintTool() {
  const { t } = useLingui()
  return <Tool label={t`Cetak`} icon={<Printer aria-hidden className="size-4" />} onClick={() => print()} />
}
