/** What was recorded at a customer and is taken back: who did and when, or the way to do it. */
import { Trans } from '@lingui/react/macro'
import { useState, type ReactNode } from 'react'
import type { Happening } from '@/api'
import { usePeople } from '@/app/people'
import { sentenceOf } from '@/lib/failure'
import { moment } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { toast } from '@/ui/Toast'
import { stated } from './happenings'
import { Rest } from './parts'

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

interface TakeBackProps {
  /** What is pressed first. */
  opener: (ask: () => void) => ReactNode
  /** What is asked before. */
  title: string
  /** What follows from it. */
  description: ReactNode
  /** What is taken back, once more. */
  children: ReactNode
  send: () => Promise<unknown>
  /** What is said when it is done. */
  done: string
  /** Called after an answer, whatever it was. */
  after: () => void
}

export function TakeBack({ opener, title, description, children, send, done, after }: TakeBackProps) {
  const [asked, setAsked] = useState(false)
  const [busy, setBusy] = useState(false)
  const takeBack = async () => {
    setBusy(true)
    try {
      await send()
      toast({ text: done })
    } catch (error) {
      toast({ text: sentenceOf(error) })
    } finally {
      setBusy(false)
      setAsked(false)
      after()
    }
  }
  return (
    <>
      {opener(() => setAsked(true))}
      <Dialog
        open={asked}
        onClose={() => setAsked(false)}
        title={title}
        description={description}
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
        {children}
      </Dialog>
    </>
  )
}
