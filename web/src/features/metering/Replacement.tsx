/** A meter that was changed for another, and the way to take a wrong one back. */
import { Trans, useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { Undo2 } from 'lucide-react'
import { useState } from 'react'
import { withdrawMeterReplacement, type Happening } from '@/api'
import { usePeople } from '@/app/people'
import { refetchCorrected } from '@/app/reads'
import { useMay } from '@/app/session'
import { sentenceOf } from '@/lib/failure'
import { date, moment } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { toast } from '@/ui/Toast'
import { cubicOfLitres, stated } from './happenings'
import { Rest } from './parts'

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
        mayTakeBack && <TakeBack item={item} />
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

/** Who took back what it stands under, and when. */
export function Withdrawn({ facts }: { facts: Happening['facts'] }) {
  const nameOf = usePeople()
  const who = nameOf(stated(facts['withdrawn_by']) ?? '')
  const when = moment(stated(facts['withdrawn_at']) ?? '')
  return (
    <Rest>
      <Trans>
        Dibatalkan: {who}, {when}
      </Trans>
    </Rest>
  )
}

function TakeBack({ item }: { item: Happening }) {
  const { t } = useLingui()
  const [asked, setAsked] = useState(false)
  const [busy, setBusy] = useState(false)
  const day = date(item.day)
  const takeBack = async () => {
    setBusy(true)
    try {
      await withdrawMeterReplacement({ path: { replacement_id: stated(item.facts['id']) ?? '' } })
      toast({ text: t`Penggantian meter dibatalkan; meternya dinilai lagi.` })
    } catch (error) {
      toast({ text: sentenceOf(error) })
    } finally {
      setBusy(false)
      setAsked(false)
      refetchCorrected()
    }
  }
  return (
    <>
      <Button
        className="mt-1 self-start"
        icon={<Undo2 aria-hidden className="size-4" />}
        onClick={() => setAsked(true)}
      >
        <Trans>Batalkan penggantian</Trans>
      </Button>
      <Dialog
        open={asked}
        onClose={() => setAsked(false)}
        title={t`Batalkan penggantian meter ${day}?`}
        description={
          <Trans>
            Meternya dinilai lagi, seakan penggantian ini tidak pernah dicatat. Catatannya disimpan.
          </Trans>
        }
        footer={
          <>
            <Button onClick={() => setAsked(false)}>
              <Trans>Tidak jadi</Trans>
            </Button>
            <Button look="danger" busy={busy} onClick={() => void takeBack()}>
              <Trans>Ya, batalkan</Trans>
            </Button>
          </>
        }
      >
        <p className="text-sm">
          <Meters item={item} />
        </p>
      </Dialog>
    </>
  )
}
