/** What people say of an incident, and what it changes: the answers on offer, those given, and the raised bar. */
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { BadgeCheck, CircleX, LockKeyhole, UserCheck } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Controller } from 'react-hook-form'
import { answerIncident, type AnswerOut, type IncidentDetail } from '@/api'
import { zNewAnswer } from '@/api/zod.gen'
import { moment, number } from '@/lib/format'
import { Button } from '@/ui/Button'
import { TextArea } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Select } from '@/ui/Select'
import { AnswerTag } from './AnswerTag'
import { useCatalogue } from './catalogue'
import { acknowledge, announce, CAUSES, takeBack } from './incidents'
import { usePeople } from './people'
import { useDraftName, useMay } from './session'
import { useForm } from './useForm'

export function Feedback({ incident }: { incident: IncidentDetail }) {
  const mayAnswer = useMay('incidents', 'c')
  return (
    <>
      <section className="flex flex-col gap-2">
        <h3 className="text-sm font-semibold">
          <Trans>Tanggapan</Trans>
        </h3>
        {incident.state === 'withdrawn' ? (
          <p className="text-sm text-muted">
            <Trans>Insiden ini ditarik, jadi tidak perlu ditanggapi.</Trans>
          </p>
        ) : mayAnswer ? (
          <Offers key={incident.id} incident={incident} />
        ) : (
          <p className="flex items-start gap-2 text-sm text-muted">
            <LockKeyhole aria-hidden className="mt-0.5 size-4 shrink-0" />
            <Trans>
              Peran Anda hanya membaca insiden. Minta pemilik, admin, atau analis organisasi Anda untuk
              menanggapinya.
            </Trans>
          </p>
        )}
        <Given incident={incident} mayRevert={mayAnswer} />
      </section>
      <Bar bar={incident.bar} />
    </>
  )
}

/**
 * The three answers, each with what it changes. The one that stands is not on offer twice, but for a confirmation
 * that records joined since.
 */
function Offers({ incident }: { incident: IncidentDetail }) {
  const [asked, setAsked] = useState<'confirmed' | 'false_positive' | null>(null)
  const [busy, setBusy] = useState(false)
  const joined = incident.joined_since
  if (asked) return <AnswerForm incident={incident} answer={asked} onDone={() => setAsked(null)} />
  const acknowledgeIt = async () => {
    setBusy(true)
    await acknowledge(incident.id)
    setBusy(false)
  }
  return (
    <ul className="flex flex-col divide-y divide-line rounded-lg border border-line">
      <Offer what={<Trans>Anda menanganinya. Penilaian tidak berubah.</Trans>}>
        <Button
          busy={busy}
          aria-disabled={incident.answer === 'acknowledged'}
          icon={<UserCheck aria-hidden className="size-4" />}
          onClick={() => void acknowledgeIt()}
        >
          <Trans>Akui</Trans>
        </Button>
      </Offer>
      <Offer
        what={
          joined > 0 ? (
            <strong className="font-medium text-text">
              <Plural
                value={joined}
                other="# catatan baru sejak dipastikan. Masih ikut baseline sampai dipastikan lagi."
              />
            </strong>
          ) : (
            <Trans>Memang menyimpang. Catatannya tidak lagi ikut baseline.</Trans>
          )
        }
      >
        <Button
          disabled={incident.answer === 'confirmed' && joined === 0}
          icon={<BadgeCheck aria-hidden className="size-4" />}
          onClick={() => setAsked('confirmed')}
        >
          {joined > 0 ? <Trans>Pastikan lagi</Trans> : <Trans>Pastikan</Trans>}
        </Button>
      </Offer>
      <Offer what={<Trans>Ternyata wajar. Ambang lokasi dan produk ini naik 0,25.</Trans>}>
        <Button
          disabled={incident.answer === 'false_positive'}
          icon={<CircleX aria-hidden className="size-4" />}
          onClick={() => setAsked('false_positive')}
        >
          <Trans>Alarm keliru</Trans>
        </Button>
      </Offer>
    </ul>
  )
}

function Offer({ what, children }: { what: ReactNode; children: ReactNode }) {
  return (
    <li className="grid items-center gap-x-3 gap-y-1 px-3 py-2 text-sm sm:grid-cols-[8.75rem_1fr] [&>button]:justify-start">
      {children}
      <span className="text-muted">{what}</span>
    </li>
  )
}

const UNKNOWN: string = 'unknown'

/** The cause that the last confirmation named, if that still holds. */
function confirmedCause({ answers }: IncidentDetail): string | null {
  return answers.find(one => one.answer === 'confirmed' && one.reverted_at === null)?.cause ?? null
}

interface AnswerFormProps {
  incident: IncidentDetail
  answer: 'confirmed' | 'false_positive'
  onDone: () => void
}

function AnswerForm({ incident, answer, onDone }: AnswerFormProps) {
  const { t, i18n } = useLingui()
  const isConfirmed = answer === 'confirmed'
  const likeliest = incident.records.flatMap(record => record.second_opinion?.causes ?? [])[0]
  const guess = likeliest && i18n._(CAUSES[likeliest.cause])
  const form = useForm({
    defaults: { cause: confirmedCause(incident) ?? UNKNOWN, note: '' },
    schema: zNewAnswer,
    bodyOf: ({ cause, note }) => ({ answer, cause: isConfirmed && cause !== UNKNOWN ? cause : null, note }),
    draft: useDraftName(`incident.${incident.id}.${answer}`),
    send: async body => {
      const { data } = await answerIncident({ path: { incident_id: incident.id }, body })
      announce(incident.id, data)
    },
    done: onDone,
  })
  return (
    <div className="rounded-lg border border-line p-3">
      <Form form={form}>
        <p className="text-sm">
          {isConfirmed ? (
            <Trans>
              Catatan insiden ini tidak lagi ikut baseline dan tidak lagi dipelajari detektor. Yang sudah
              dinilai tidak berubah.
            </Trans>
          ) : (
            <Trans>
              Ambang lokasi dan produk ini naik 0,25: detektor memberi alarm hanya untuk yang lebih jarang
              terjadi. Aturan persen tidak berubah.
            </Trans>
          )}
        </p>
        {isConfirmed && (
          <Controller
            control={form.control}
            name="cause"
            render={({ field }) => (
              <Select
                label={t`Penyebab`}
                {...(guess && { hint: t`Dugaan detektor: ${guess}.` })}
                choices={[
                  { value: UNKNOWN, label: t`Belum diketahui` },
                  ...Object.entries(CAUSES).map(([value, words]) => ({ value, label: i18n._(words) })),
                ]}
                value={field.value}
                onChange={field.onChange}
                error={form.errorOf('cause')}
              />
            )}
          />
        )}
        <TextArea
          label={t`Keterangan`}
          hint={t`Boleh kosong. Rekan Anda membacanya nanti.`}
          rows={3}
          maxLength={1000}
          error={form.errorOf('note')}
          {...form.register('note')}
        />
        <div className="flex flex-wrap justify-end gap-2">
          <Button look="quiet" onClick={onDone}>
            <Trans>Kembali</Trans>
          </Button>
          <Button type="submit" look="primary" busy={form.isBusy}>
            {isConfirmed ? <Trans>Pastikan insiden</Trans> : <Trans>Tandai alarm keliru</Trans>}
          </Button>
        </div>
      </Form>
    </div>
  )
}

/** What was said, newest first; what was taken back stays, marked. */
function Given({ incident, mayRevert }: { incident: IncidentDetail; mayRevert: boolean }) {
  const { t } = useLingui()
  if (incident.answers.length === 0) return null
  return (
    <ul aria-label={t`Tanggapan yang diberikan`} className="flex flex-col gap-2">
      {incident.answers.map(answer => (
        <GivenAnswer key={answer.id} incident={incident} answer={answer} mayRevert={mayRevert} />
      ))}
    </ul>
  )
}

interface GivenAnswerProps {
  incident: IncidentDetail
  answer: AnswerOut
  mayRevert: boolean
}

function GivenAnswer({ incident, answer, mayRevert }: GivenAnswerProps) {
  const { i18n } = useLingui()
  const { locationOf } = useCatalogue()
  const nameOf = usePeople()
  const [busy, setBusy] = useState(false)
  const zone = locationOf.get(incident.location.id)?.timezone
  const by = nameOf(answer.answered_by)
  const at = moment(answer.answered_at, zone)
  const revert = async () => {
    setBusy(true)
    await takeBack(incident.id, answer)
    setBusy(false)
  }
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-1 rounded-lg border border-line px-3 py-2 text-sm">
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <span className="flex flex-wrap items-center gap-2">
          <AnswerTag answer={answer.answer} />
          {answer.cause && <span className="font-medium">{i18n._(CAUSES[answer.cause])}</span>}
        </span>
        {answer.note && <span className="wrap-anywhere whitespace-pre-line">{answer.note}</span>}
        <span className="text-xs text-muted">
          <Trans>
            {by}, {at}
          </Trans>
        </span>
        {answer.reverted_at && <Reverted answer={answer} zone={zone} nameOf={nameOf} />}
      </div>
      {mayRevert && answer.reverted_at === null && (
        <Button look="quiet" busy={busy} onClick={() => void revert()}>
          <Trans>Batalkan</Trans>
        </Button>
      )}
    </li>
  )
}

interface RevertedProps {
  answer: AnswerOut
  zone: string | undefined
  nameOf: (id: string) => string
}

function Reverted({ answer, zone, nameOf }: RevertedProps) {
  const by = nameOf(answer.reverted_by ?? '')
  const at = moment(answer.reverted_at ?? '', zone)
  return (
    <span className="text-xs font-medium text-muted">
      <Trans>
        Dibatalkan oleh {by}, {at}.
      </Trans>
    </span>
  )
}

/** By how much the bar is raised, in words that need no logarithm. */
function Bar({ bar }: { bar: IncidentDetail['bar'] }) {
  if (bar.false_alarms === 0) return null
  const times = number(10 ** bar.raised_decades, 1)
  return (
    <section className="flex flex-col gap-1 text-sm">
      <h3 className="font-semibold">
        <Trans>Ambang lokasi dan produk ini</Trans>
      </h3>
      <p>
        <Plural
          value={bar.false_alarms}
          other={`Ambang dinaikkan oleh # alarm keliru: detektor baru memberi alarm bila kejadiannya ${times} kali lebih jarang.`}
        />
      </p>
      <p className="text-muted">
        <Trans>Kenaikan ini susut sepersepuluh setiap 30 hari. Status menurut aturan tidak berubah.</Trans>
      </p>
    </section>
  )
}
