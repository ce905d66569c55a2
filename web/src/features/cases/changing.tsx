/** Changing a case while others may change it too: what clashes is shown, and nothing of one's own is lost. */
import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { changeCase, getCase, type CaseOut, type CasePatch } from '@/api'
import { refetchCases } from '@/app/cases'
import { queries } from '@/app/client'
import { useNames } from './names'
import { sentenceOf } from '@/lib/failure'
import { ProblemError } from '@/lib/problem'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { toast } from '@/ui/Toast'
import { differences, remaining } from './conflicts'
import { caseQuery } from './queries'
import { FIELD_WORDS, FIELDS, isField, valueWord } from './words'

const STALE = 412

interface Conflict {
  seen: CaseOut
  now: CaseOut
  mine: CasePatch
}

export interface Changing {
  /** Send a change of what was seen; says whether it is kept. */
  change: (seen: CaseOut, patch: CasePatch) => Promise<boolean>
  busy: boolean
  conflict: Conflict | null
  forget: () => void
}

export function useChanging(): Changing {
  const [conflict, setConflict] = useState<Conflict | null>(null)
  const [busy, setBusy] = useState(false)
  const change = async (seen: CaseOut, patch: CasePatch) => {
    setBusy(true)
    try {
      const { data } = await changeCase({
        path: { case_id: seen.id },
        headers: { 'If-Match': `"${seen.version}"` },
        body: patch,
      })
      queries.setQueryData(caseQuery(seen.id).queryKey, known => known && { ...known, ...data })
      setConflict(null)
      return true
    } catch (error) {
      if (error instanceof ProblemError && error.status === STALE) {
        return await compare(seen, patch)
      }
      toast({ text: sentenceOf(error) })
      return false
    } finally {
      setBusy(false)
      await refetchCases()
    }
  }
  const compare = async (seen: CaseOut, patch: CasePatch) => {
    try {
      const now = (await getCase({ path: { case_id: seen.id } })).data
      const mine = remaining(patch, now)
      const isSame = Object.keys(mine).length === 0
      setConflict(isSame ? null : { seen, now, mine })
      return isSame
    } catch (error) {
      toast({ text: sentenceOf(error) })
      return false
    }
  }
  return { change, busy, conflict, forget: () => setConflict(null) }
}

/** What somebody else did meanwhile, beside what is not kept yet: the reader decides. */
export function ConflictDialog({ changing }: { changing: Changing }) {
  const { t } = useLingui()
  const { conflict, busy, change, forget } = changing
  return (
    <Dialog
      open={conflict !== null}
      onClose={forget}
      title={t`Rekan Anda mengubahnya lebih dulu`}
      description={<Trans>Kasus ini berubah sejak Anda membukanya. Punya Anda belum tersimpan.</Trans>}
      footer={
        conflict && (
          <>
            <Button onClick={forget}>
              <Trans>Pakai yang sekarang</Trans>
            </Button>
            <Button look="primary" busy={busy} onClick={() => void change(conflict.now, conflict.mine)}>
              <Trans>Simpan punya saya</Trans>
            </Button>
          </>
        )
      }
    >
      {conflict && <Both conflict={conflict} />}
    </Dialog>
  )
}

function Both({ conflict: { seen, now, mine } }: { conflict: Conflict }) {
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
