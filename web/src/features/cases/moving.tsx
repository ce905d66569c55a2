/** Moving a case on: to be done it needs what was found. */
import { i18n } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import { ArrowRightLeft } from 'lucide-react'
import { lazy, Suspense, useId, useState, type ReactElement } from 'react'
import type { CaseOut } from '@/api'
import { STATUS_LOOK, type CaseStatus } from '@/app/cases'
import { useDraftName } from '@/app/session'
import { useDraft } from '@/app/useDraft'
import { dropDraft } from '@/lib/kept'
import { Button, IconButton } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { TextArea } from '@/ui/Field'
import { toast } from '@/ui/Toast'
import { useChanging, type Changing } from './changing'

const MoveMenu = lazy(() => import('./MoveMenu'))

export interface Moving extends Changing {
  /** Cases on their way, by id. */
  under: ReadonlyMap<string, { one: CaseOut; to: CaseStatus }>
  move: (one: CaseOut, to: CaseStatus) => void
  /** The case that waits for words about what was found. */
  asking: { one: CaseOut; to: CaseStatus } | null
  answer: (resolution: string) => void
  stop: () => void
}

function isDone(status: CaseStatus): boolean {
  return status === 'resolved' || status === 'closed'
}

export function useMoving(): Moving {
  const changing = useChanging()
  const drafts = useDraftName('resolution')
  const [under, setUnder] = useState<Moving['under']>(new Map())
  const [asking, setAsking] = useState<Moving['asking']>(null)
  const send = async (one: CaseOut, to: CaseStatus, resolution?: string) => {
    setUnder(known => new Map(known).set(one.id, { one, to }))
    const outcome = await changing.change(one, { status: to, ...(resolution && { resolution }) })
    setUnder(known => new Map([...known].filter(([id]) => id !== one.id)))
    if (outcome === 'kept') {
      dropDraft(`${drafts}.${one.id}`)
      const { number } = one
      const word = i18n._(STATUS_LOOK[to].word)
      toast({ text: i18n._(msg`Kasus #${number} kini: ${word}.`) })
    }
  }
  return {
    ...changing,
    under,
    move: (one, to) => {
      if (isDone(to) && !one.resolution) setAsking({ one, to })
      else void send(one, to)
    },
    asking,
    answer: resolution => {
      if (asking) void send(asking.one, asking.to, resolution)
      setAsking(null)
    },
    stop: () => setAsking(null),
  }
}

interface MoveToolProps {
  one: CaseOut
  moving: Moving
  /** On a card there is room for an icon only. */
  small?: boolean
}

/** "Pindahkan ke…": the same as dragging, for keyboards and fingers. */
export function MoveTool({ one, moving, small = false }: MoveToolProps) {
  const { t } = useLingui()
  const [asked, setAsked] = useState(false)
  const { number } = one
  const press = asked ? {} : { onClick: () => setAsked(true) }
  const icon = <ArrowRightLeft aria-hidden className="size-4" />
  const button: ReactElement = small ? (
    <IconButton
      label={t`Pindahkan #${number} ke…`}
      aria-haspopup="menu"
      className="relative z-1 -my-1.5 -mr-2"
      {...press}
    >
      {icon}
    </IconButton>
  ) : (
    <Button icon={icon} aria-haspopup="menu" busy={moving.under.has(one.id)} {...press}>
      <Trans>Pindahkan ke…</Trans>
    </Button>
  )
  return asked ? (
    <Suspense fallback={button}>
      <MoveMenu trigger={button} one={one} onMove={to => moving.move(one, to)} />
    </Suspense>
  ) : (
    button
  )
}

/** Asks what was found before a case counts as done. */
export function ResolutionDialog({ moving: { asking, answer, stop } }: { moving: Moving }) {
  const { t, i18n: words } = useLingui()
  const formId = useId()
  const number = asking?.one.number ?? 0
  return (
    <Dialog
      open={asking !== null}
      onClose={stop}
      title={asking && `#${number} → ${words._(STATUS_LOOK[asking.to].word)}`}
      description={t`Tulis apa yang ditemukan dan apa yang dilakukan; itu tersimpan dalam riwayatnya.`}
      footer={
        <Button type="submit" form={formId} look="primary">
          <Trans>Simpan</Trans>
        </Button>
      }
    >
      {asking && <ResolutionForm key={asking.one.id} of={asking.one.id} formId={formId} onAnswer={answer} />}
    </Dialog>
  )
}

interface ResolutionFormProps {
  of: string
  formId: string
  onAnswer: (resolution: string) => void
}

function ResolutionForm({ of, formId, onAnswer }: ResolutionFormProps) {
  const { t } = useLingui()
  const [draft, keep] = useDraft<{ text: string }>(`resolution.${of}`)
  const text = draft?.text ?? ''
  const [error, setError] = useState<string>()
  return (
    <form
      id={formId}
      noValidate
      onSubmit={event => {
        event.preventDefault()
        if (text.trim()) onAnswer(text.trim())
        else setError(t`Tulis apa yang ditemukan.`)
      }}
    >
      <TextArea
        label={t`Temuan`}
        rows={4}
        maxLength={4_000}
        value={text}
        error={error}
        onChange={event => keep({ text: event.target.value })}
      />
    </form>
  )
}
