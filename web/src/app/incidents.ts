/** Incidents as several pages need them: one of them, how many there are, and what people may say of one. */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import {
  answerIncident,
  getIncident,
  revertAnswer,
  summariseIncidents,
  type AnswerOut,
  type CauseHint,
  type NewAnswer,
} from '@/api'
import { sentenceOf } from '@/lib/failure'
import { toast } from '@/ui/Toast'
import { refetch } from './client'

export const ANSWERS: Readonly<Record<NewAnswer['answer'], MessageDescriptor>> = {
  acknowledged: msg`Diakui`,
  confirmed: msg`Dipastikan`,
  false_positive: msg`Alarm keliru`,
}

export const CAUSES: Readonly<Record<CauseHint['cause'], MessageDescriptor>> = {
  BOCOR: msg`Bocor`,
  PENYALAHGUNAAN: msg`Penyalahgunaan`,
  SALAH_CATAT: msg`Salah catat`,
  PEMBOROSAN: msg`Pemborosan`,
}

export const incidentsSummaryQuery = queryOptions({
  queryKey: [{ _id: 'summariseIncidents' }],
  queryFn: async ({ signal }) => (await summariseIncidents({ signal })).data,
  placeholderData: keepPreviousData,
})

export function incidentQuery(id: string) {
  return queryOptions({
    queryKey: [{ _id: 'getIncident', id }],
    queryFn: async ({ signal }) => (await getIncident({ path: { incident_id: id }, signal })).data,
  })
}

/** Fetch again what an incident's change can be seen in. */
export function refetchIncidents(): void {
  refetch('listIncidents', 'summariseIncidents', 'getIncident')
}

const SAID: Readonly<Record<NewAnswer['answer'], MessageDescriptor>> = {
  acknowledged: msg`Insiden diakui.`,
  confirmed: msg`Insiden dipastikan. Berlaku dalam beberapa detik.`,
  false_positive: msg`Ditandai alarm keliru. Berlaku dalam beberapa detik.`,
}

/** Say that an answer is kept, and offer to take it back. */
export function announce(incidentId: string, answer: AnswerOut): void {
  refetchIncidents()
  toast({
    text: i18n._(SAID[answer.answer]),
    action: { label: i18n._(msg`Batalkan`), onClick: () => void takeBack(incidentId, answer) },
    forMs: 10_000,
  })
}

/** Somebody looks after it; a failure is said in passing. */
export async function acknowledge(incidentId: string): Promise<void> {
  try {
    const { data } = await answerIncident({
      path: { incident_id: incidentId },
      body: { answer: 'acknowledged' },
    })
    announce(incidentId, data)
  } catch (error) {
    toast({ text: sentenceOf(error) })
    refetchIncidents()
  }
}

export async function takeBack(incidentId: string, answer: Pick<AnswerOut, 'id'>): Promise<void> {
  try {
    await revertAnswer({ path: { incident_id: incidentId, answer_id: answer.id } })
    toast({ text: i18n._(msg`Tanggapan dibatalkan.`) })
  } catch (error) {
    toast({ text: sentenceOf(error) })
  }
  refetchIncidents()
}
