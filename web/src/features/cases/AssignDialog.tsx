import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { plural } from '@lingui/core/macro'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { assignCases, type CaseOut } from '@/api'
import { refetchCases } from '@/app/cases'
import { sentenceOf } from '@/lib/failure'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Dialog } from '@/ui/Dialog'
import { toast } from '@/ui/Toast'
import { useAssignees } from './names'

interface AssignDialogProps {
  /** null: closed. */
  cases: readonly CaseOut[] | null
  onClose: () => void
  onDone: () => void
}

/** Give several cases to one person; what is refused is said, and stops no other. */
export default function AssignDialog({ cases, onClose, onDone }: AssignDialogProps) {
  const { t } = useLingui()
  const assignees = useAssignees()
  const [assignee, setAssignee] = useState<string | null>(null)
  const assign = useMutation({
    mutationFn: async () =>
      (
        await assignCases({
          body: {
            ids: (cases ?? []).map(one => one.id),
            assignee_id: assignee,
            // Whose they are on the screen: what a colleague took meanwhile stays theirs.
            seen: Object.fromEntries((cases ?? []).map(one => [one.id, one.assignee_id])),
          },
        })
      ).data,
    onSuccess: ({ assigned, items }) => {
      void refetchCases()
      const refused = items.find(one => one.outcome === 'refused')
      const said = t`${plural(assigned, { other: '# kasus ditugaskan.' })}`
      toast({ text: refused?.text ? `${said} ${refused.text}` : said })
      onDone()
    },
    onError: error => toast({ text: sentenceOf(error) }),
  })
  const count = cases?.length ?? 0
  return (
    <Dialog
      open={cases !== null}
      onClose={onClose}
      title={<Plural value={count} other="Tugaskan # kasus" />}
      description={<Trans>Yang ditutup dan yang di luar cakupan orangnya dilewati.</Trans>}
      footer={
        <Button look="primary" busy={assign.isPending} onClick={() => assign.mutate()}>
          {assignee === null ? <Trans>Lepas penugasan</Trans> : <Trans>Tugaskan</Trans>}
        </Button>
      }
    >
      <Combobox
        label={t({ message: 'Penanggung jawab', context: 'kasus' })}
        placeholder={t`Belum ada`}
        choices={assignees}
        value={assignee}
        onChange={setAssignee}
      />
    </Dialog>
  )
}
