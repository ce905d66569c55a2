/** A meter that was changed for another, and the way to take a wrong one back. */
import { Trans, useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { Undo2 } from 'lucide-react'
import { withdrawMeterReplacement, type Happening } from '@/api'
import { refetchCorrected } from '@/app/reads'
import { useMay } from '@/app/session'
import { date } from '@/lib/format'
import { Button } from '@/ui/Button'
import { cubicOfLitres, stated } from './happenings'
import { Rest } from './parts'
import { TakeBack, Withdrawn } from './TakeBack'

export function Replacement({ item }: { item: Happening }) {
  const mayTakeBack = useMay('meters', 'd')
  const { facts, import_id } = item
  return (
    <>
      <Meters item={item} />
      {import_id ? (
        <OfFile importId={import_id} />
      ) : facts['withdrawn_at'] ? (
        <Withdrawn facts={facts} />
      ) : (
        mayTakeBack && <Undo item={item} />
      )}
    </>
  )
}

function Meters({ item: { facts } }: { item: Happening }) {
  return (
    <span className="tabular">
      {stated(facts['old_serial']) ?? '–'} ({cubicOfLitres(facts['old_final_l'])}) →{' '}
      {stated(facts['new_serial']) ?? '–'} ({cubicOfLitres(facts['new_start_l'])})
    </span>
  )
}

function OfFile({ importId }: { importId: string }) {
  const seesImports = useMay('imports', 'r')
  return (
    <Rest>
      <Trans>Dari berkas; hilang bila impornya dibatalkan.</Trans>{' '}
      {seesImports && (
        <Link to="/imports" search={{ id: importId }} className="font-medium text-brand hover:underline">
          <Trans>Lihat impornya</Trans>
        </Link>
      )}
    </Rest>
  )
}

function Undo({ item }: { item: Happening }) {
  const { t } = useLingui()
  const day = date(item.day)
  return (
    <span className="mt-1 flex">
      <TakeBack
        opener={ask => (
          <Button icon={<Undo2 aria-hidden className="size-4" />} onClick={ask}>
            <Trans>Batalkan penggantian</Trans>
          </Button>
        )}
        title={t`Batalkan penggantian meter ${day}?`}
        description={
          <Trans>
            Meternya dinilai lagi, seakan penggantian ini tidak pernah dicatat. Catatannya disimpan.
          </Trans>
        }
        send={() => withdrawMeterReplacement({ path: { replacement_id: stated(item.facts['id']) ?? '' } })}
        done={t`Penggantian meter dibatalkan; meternya dinilai lagi.`}
        after={refetchCorrected}
      >
        <p className="text-sm">
          <Meters item={item} />
        </p>
      </TakeBack>
    </span>
  )
}
