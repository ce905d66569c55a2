/** Changing a case while others may change it too: what clashes is shown, and nothing of one's own is lost. */
import { i18n as words } from '@lingui/core'
import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { changeCase, getCase, type CaseOut, type CasePatch } from '@/api'
import { refetchCases } from '@/app/cases'
import { queries } from '@/app/client'
import { useNames } from './names'
import { sentenceOf } from '@/lib/failure'
import { ProblemError, underLabel } from '@/lib/problem'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { toast } from '@/ui/Toast'
import { differences, remaining } from './conflicts'
import { caseQuery } from './queries'
import { FIELD_WORDS, FIELDS, isField, valueWord } from './words'

const STALE = 412

/** What somebody else did since a case was seen, and what of one's own is not kept yet. */
interface Clash {
  seen: CaseOut
  now: CaseOut
  mine: CasePatch
}

interface Conflict extends Clash {
  choose: (choice: 'mine' | 'theirs' | 'later') => void
}

/** Given up: what somebody else did meanwhile was let stand. */
type Outcome = 'kept' | 'given up' | 'unsent' | 'refused'

export interface Changing {
  /** Send a change of what was seen; of a conflict its reader decides first. */
  change: (seen: CaseOut, patch: CasePatch) => Promise<Outcome>
  busy: boolean
  conflict: Conflict | null
}

export function useChanging(): Changing {
  // Several may clash at once: each waits for its turn, the first that came is asked of first.
  const [conflicts, setConflicts] = useState<ReadonlyMap<symbol, Conflict>>(new Map())
  const [busy, setBusy] = useState(false)
  const send = async (seen: CaseOut, patch: CasePatch): Promise<Clash | 'kept' | 'unsent' | 'refused'> => {
    setBusy(true)
    try {
      const { data } = await changeCase({
        path: { case_id: seen.id },
        headers: { 'If-Match': `"${seen.version}"` },
        body: patch,
      })
      queries.setQueryData(caseQuery(seen.id).queryKey, known => known && { ...known, ...data })
      return 'kept'
    } catch (error) {
      if (error instanceof ProblemError && error.status === STALE) return await compared(seen, patch)
      toast({ text: refusal(error) ?? sentenceOf(error) })
      return refusal(error) ? 'refused' : 'unsent'
    } finally {
      setBusy(false)
      await refetchCases()
    }
  }
  const change = async (seen: CaseOut, patch: CasePatch): Promise<Outcome> => {
    const turn = Symbol()
    const over = () => setConflicts(known => new Map([...known].filter(([one]) => one !== turn)))
    let found = await send(seen, patch)
    while (typeof found === 'object') {
      const clash = found
      const choice = await new Promise<Parameters<Conflict['choose']>[0]>(choose =>
        setConflicts(known => new Map(known).set(turn, { ...clash, choose })),
      )
      if (choice !== 'mine') {
        over()
        return choice === 'theirs' ? 'given up' : 'unsent'
      }
      const next = await send(clash.now, clash.mine)
      found = next === 'unsent' ? clash : next
    }
    over()
    return found
  }
  return { change, busy, conflict: [...conflicts.values()][0] ?? null }
}

/** Which field of a case was refused, and why; null where it was something else. */
function refusal(error: unknown): string | null {
  const fault = error instanceof ProblemError ? error.errors[0] : undefined
  return fault && isField(fault.field)
    ? `${words._(FIELD_WORDS[fault.field])}: ${underLabel(fault).message}`
    : null
}

async function compared(seen: CaseOut, patch: CasePatch): Promise<Clash | 'kept' | 'unsent'> {
  try {
    const now = (await getCase({ path: { case_id: seen.id } })).data
    const mine = remaining(patch, now)
    return Object.keys(mine).length === 0 ? 'kept' : { seen, now, mine }
  } catch (error) {
    toast({ text: sentenceOf(error) })
    return 'unsent'
  }
}

/** Both changes beside each other: the reader decides. */
export function ConflictDialog({ changing }: { changing: Changing }) {
  const { t } = useLingui()
  const { conflict, busy } = changing
  const number = conflict?.seen.number ?? 0
  return (
    <Dialog
      open={conflict !== null}
      onClose={() => conflict?.choose('later')}
      title={t`Rekan Anda mengubahnya lebih dulu`}
      description={<Trans>Kasus #{number} berubah sejak Anda membukanya. Punya Anda belum tersimpan.</Trans>}
      footer={
        conflict && (
          <>
            <Button onClick={() => conflict.choose('theirs')}>
              <Trans>Pakai yang sekarang</Trans>
            </Button>
            <Button look="primary" busy={busy} onClick={() => conflict.choose('mine')}>
              <Trans>Simpan punya saya</Trans>
            </Button>
          </>
        )
      }
    >
      {conflict && <Both clash={conflict} />}
    </Dialog>
  )
}

function Both({ clash: { seen, now, mine } }: { clash: Clash }) {
  const { i18n } = useLingui()
  const nameOf = useNames()
  return (
    <dl className="flex flex-col gap-3 text-sm">
      <div>
        <dt className="text-xs font-medium text-muted">
          <Trans>Yang berubah</Trans>
        </dt>
        {differences(seen, now).map(({ field, before, after }) => (
          <dd key={field} className="break-words">
            {i18n._(FIELD_WORDS[field])}: {valueWord(field, before, nameOf)} →{' '}
            {valueWord(field, after, nameOf)}
          </dd>
        ))}
        {differences(seen, now).length === 0 && (
          <dd>
            <Trans>Komentar, lampiran, atau kunjungan.</Trans>
          </dd>
        )}
      </div>
      <div>
        <dt className="text-xs font-medium text-muted">
          <Trans>Punya Anda</Trans>
        </dt>
        {FIELDS.filter(field => field in mine && isField(field)).map(field => (
          <dd key={field} className="break-words">
            {i18n._(FIELD_WORDS[field])}: {valueWord(field, mine[field], nameOf)}
          </dd>
        ))}
      </div>
    </dl>
  )
}
