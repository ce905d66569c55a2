/** What a new organisation does first; each step is done when its thing exists. */
import { Trans, useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { clsx } from 'clsx'
import { Check, Droplets } from 'lucide-react'
import { useCatalogue } from '@/app/catalogue'
import { useMay } from '@/app/session'
import { buttonLook } from '@/ui/Button'
import { Card } from '@/ui/Page'

export default function FirstSteps() {
  const { t } = useLingui()
  const catalogue = useCatalogue()
  const maySend = useMay('imports', 'c')
  const steps = [
    {
      to: '/locations' as const,
      done: catalogue.locations.length > 0,
      label: t`Tambah lokasi pertama, misalnya depot`,
    },
    {
      to: '/products' as const,
      done: catalogue.products.length > 0,
      label: t`Tambah produk BBM, misalnya Solar`,
    },
    { to: '/fuel/new' as const, done: false, label: t`Catat BBM; hasil penilaian muncul di sini` },
  ]
  const next = steps.findIndex(step => !step.done)
  return (
    <Card title={<Trans>Langkah pertama</Trans>}>
      <ol className="flex flex-col">
        {steps.map((step, index) => (
          <li key={step.to} className="flex items-center gap-3 border-t border-line py-2.5 first:border-t-0">
            <span
              aria-hidden
              className={clsx(
                'flex size-6 shrink-0 items-center justify-center rounded-full text-xs font-semibold',
                step.done ? 'bg-normal-soft text-normal' : 'bg-brand-soft text-brand-strong',
              )}
            >
              {step.done ? <Check className="size-3.5" /> : index + 1}
            </span>
            <span className={clsx('min-w-0 flex-1 text-sm', step.done && 'text-muted')}>
              {step.label}
              {step.done && <span className="sr-only">{t`, selesai`}</span>}
            </span>
            {!step.done && (
              <Link to={step.to} className={buttonLook(index === next ? 'primary' : 'secondary')}>
                {index === 2 && <Droplets aria-hidden className="size-4" />}
                <Trans>Mulai</Trans>
                <span className="sr-only">: {step.label}</span>
              </Link>
            )}
          </li>
        ))}
      </ol>
      {maySend && (
        <p className="border-t border-line pt-3 text-sm">
          <Trans>
            Perusahaan air minum?{' '}
            <Link to="/imports" className="font-medium text-brand underline">
              Unggah berkas bulanan Anda
            </Link>
            ; dasbor dan meter terisi dari sana.
          </Trans>
        </p>
      )}
    </Card>
  )
}
