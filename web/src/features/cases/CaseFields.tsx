import { Trans, useLingui } from '@lingui/react/macro'
import type { CaseDetail } from '@/api'
import { typeWord } from '@/app/cases'
import { useDraft } from '@/app/useDraft'
import { today } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { TextArea, TextField } from '@/ui/Field'
import { Select } from '@/ui/Select'
import type { Moving } from './moving'
import { useAssignees, useNames } from './names'
import {
  FIELD_WORDS,
  FUEL_TYPES,
  METER_TYPES,
  PRIORITIES,
  PRIORITY_WORDS,
  valueWord,
  type Field,
} from './words'

interface CaseFieldsProps {
  one: CaseDetail
  moving: Moving
  readOnly: boolean
}

/** What can be said of a case; a choice is kept at once, a text when it is done. */
export function CaseFields({ one, moving, readOnly }: CaseFieldsProps) {
  // What somebody types stays where it is while a colleague closes the case.
  return (
    <div className="grid gap-x-3 gap-y-4 sm:grid-cols-2">
      {readOnly ? (
        <Told one={one} fields={['assignee_id', 'due_date', 'priority']} />
      ) : (
        <Choices one={one} moving={moving} />
      )}
      <TextFieldOf field="description" one={one} moving={moving} readOnly={readOnly} />
      {(readOnly || one.status === 'resolved' || one.resolution !== '') && (
        <TextFieldOf field="resolution" one={one} moving={moving} readOnly={readOnly} />
      )}
    </div>
  )
}

function Choices({ one, moving }: Omit<CaseFieldsProps, 'readOnly'>) {
  const { t, i18n } = useLingui()
  const assignees = useAssignees()
  const types = one.domain === 'fuel' ? FUEL_TYPES : METER_TYPES
  const { change, busy } = moving
  return (
    <>
      <Combobox
        label={t({ message: 'Penanggung jawab', context: 'kasus' })}
        placeholder={t`Belum ada`}
        choices={assignees}
        value={one.assignee_id}
        onChange={assignee_id => void change(one, { assignee_id })}
        disabled={busy}
      />
      <Select
        label={t`Prioritas`}
        choices={PRIORITIES.map(value => ({ value, label: i18n._(PRIORITY_WORDS[value]) }))}
        value={one.priority}
        onChange={priority => void change(one, { priority })}
        disabled={busy}
      />
      <DueField one={one} moving={moving} />
      <Select
        label={t`Jenis`}
        choices={types.map(value => ({ value, label: typeWord(value) }))}
        value={one.type}
        onChange={type => void change(one, { type })}
        disabled={busy}
      />
    </>
  )
}

/** What is typed of a field, and the case as it was when that began: a colleague's change since then is a conflict. */
interface Typed {
  text: string
  seen: CaseDetail
}

interface TypedFieldProps extends Omit<CaseFieldsProps, 'readOnly'> {
  field: 'due_date' | 'description' | 'resolution'
}

function useTyped({ field, one, moving }: TypedFieldProps) {
  const [typed, setTyped] = useDraft<Typed>(`case.${one.id}.${field}`)
  const standing = one[field] ?? ''
  const text = typed?.text ?? standing
  const begun = typed?.seen ?? one
  const keep = async () => {
    if (!typed) return
    const value = field === 'due_date' ? text || null : text.trim()
    // Only a change of this very field is one to be asked about.
    const seen = begun[field] === one[field] ? one : begun
    const outcome = await moving.change(seen, { [field]: value })
    // A text that is refused can be mended; a date goes back to the one that stands.
    if (outcome !== 'unsent' && (outcome !== 'refused' || field === 'due_date')) setTyped(null)
  }
  return {
    text,
    isChanged: text.trim() !== standing,
    type: (next: string) => setTyped(next === standing ? null : { text: next, seen: begun }),
    keep: () => void keep(),
    forget: () => setTyped(null),
  }
}

/** A date is typed in parts, so it is kept when it is left. */
function DueField({ one, moving }: Omit<TypedFieldProps, 'field'>) {
  const { t } = useLingui()
  const due = useTyped({ field: 'due_date', one, moving })
  return (
    <TextField
      label={t`Tenggat`}
      type="date"
      min={today()}
      value={due.text}
      onChange={event => due.type(event.target.value)}
      onBlur={() => due.isChanged && due.keep()}
    />
  )
}

interface TextFieldOfProps extends CaseFieldsProps {
  field: 'description' | 'resolution'
}

function TextFieldOf({ field, one, moving, readOnly }: TextFieldOfProps) {
  const { i18n } = useLingui()
  const { text, isChanged, type, keep, forget } = useTyped({ field, one, moving })
  if (readOnly && !isChanged) return <Told one={one} fields={[field]} />
  return (
    <div className="flex flex-col gap-2 sm:col-span-2">
      <TextArea
        label={i18n._(FIELD_WORDS[field])}
        rows={3}
        maxLength={4_000}
        value={text}
        onChange={event => type(event.target.value)}
      />
      {isChanged && (
        <span className="flex gap-2">
          <Button look="primary" busy={moving.busy} onClick={keep}>
            <Trans>Simpan</Trans>
          </Button>
          <Button look="quiet" onClick={forget}>
            <Trans>Urungkan</Trans>
          </Button>
        </span>
      )}
    </div>
  )
}

function Told({ one, fields }: { one: CaseDetail; fields: readonly Field[] }) {
  const { i18n } = useLingui()
  const nameOf = useNames()
  return (
    <dl className="grid grid-cols-[8rem_minmax(0,1fr)] gap-x-3 gap-y-1.5 text-sm sm:col-span-2">
      {fields.map(field => (
        <div key={field} className="contents">
          <dt className="text-muted">{i18n._(FIELD_WORDS[field])}</dt>
          <dd className="break-words whitespace-pre-line">{valueWord(field, one[field], nameOf)}</dd>
        </div>
      ))}
    </dl>
  )
}
