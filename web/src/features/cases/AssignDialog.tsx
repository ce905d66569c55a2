import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { plural } from '@lingui/core/macro'
import { useMutation } from '@tanstack/react-query'
import { useId, useState } from 'react'
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
  const formId = useId()
  const assign = useMutation({
    mutationFn: async (assignee: string | null) =>
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
    onSuccess: ({ assigned, items }, assignee) => {
      void refetchCases()
      const refused = items.find(one => one.outcome === 'refused')
      const said =
        assignee === null
          ? t`${plural(assigned, { other: '# kasus dilepas.' })}`
          : t`${plural(assigned, { other: '# kasus ditugaskan.' })}`
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
        <>
          {cases?.some(one => one.assignee_id !== null) && (
            <Button look="quiet" busy={assign.isPending} onClick={() => assign.mutate(null)}>
              <Trans>Lepas penugasan</Trans>
            </Button>
          )}
          <Button type="submit" form={formId} look="primary" busy={assign.isPending}>
            <Trans>Tugaskan</Trans>
          </Button>
        </>
      }
    >
      {cases && <AssignForm formId={formId} onChosen={assign.mutate} />}
    </Dialog>
  )
}

interface AssignFormProps {
  formId: string
  onChosen: (assignee: string) => void
}

function AssignForm({ formId, onChosen }: AssignFormProps) {
  const { t } = useLingui()
  const assignees = useAssignees()
  const [assignee, setAssignee] = useState<string | null>(null)
  const [error, setError] = useState<string>()
  return (
    <form
      id={formId}
      noValidate
      onSubmit={event => {
        event.preventDefault()
        if (assignee === null) setError(t`Pilih orangnya.`)
        else onChosen(assignee)
      }}
    >
      <Combobox
        label={t({ message: 'Penanggung jawab', context: 'kasus' })}
        placeholder={t`Belum ada`}
        choices={assignees}
        value={assignee}
        error={error}
        onChange={next => {
          setAssignee(next)
          setError(undefined)
        }}
      />
    </form>
  )
}
