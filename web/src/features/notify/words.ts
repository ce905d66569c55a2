/** What the server's codes are called. */
import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { DeliveryRecord, NotificationPreferences } from '@/api'

export type Level = NotificationPreferences['email']
export type ChannelName = DeliveryRecord['channel']
export type DeliveryState = DeliveryRecord['state']

export const CHANNELS = ['in_app', 'email', 'whatsapp', 'webhook'] as const satisfies ChannelName[]
export const STATES = [
  'waiting',
  'held',
  'sent',
  'digested',
  'failed',
  'skipped',
] as const satisfies DeliveryState[]

export const LEVELS: Record<Level, MessageDescriptor> = {
  info: msg`Semua`,
  warning: msg`Peringatan dan kritis`,
  critical: msg`Kritis saja`,
  off: msg`Mati`,
}

export const CHANNEL_WORDS: Record<ChannelName, MessageDescriptor> = {
  in_app: msg`Di Arus`,
  email: msg`Surel`,
  whatsapp: msg`WhatsApp`,
  webhook: msg`Webhook`,
}

export const STATE_WORDS: Record<DeliveryState, MessageDescriptor> = {
  waiting: msg`Dalam perjalanan`,
  held: msg`Menunggu ringkasan`,
  sent: msg`Terkirim`,
  digested: msg`Dalam ringkasan`,
  failed: msg`Gagal`,
  skipped: msg`Tidak dikirim`,
}

export const KIND_WORDS: Record<DeliveryRecord['kind'], MessageDescriptor> = {
  incident: msg({ message: 'Insiden', context: 'satu' }),
  summary: msg`Rangkuman riwayat`,
  case: msg`Kabar kasus`,
  digest: msg`Ringkasan harian`,
  test: msg`Pesan uji`,
}

/** Why something is held, was not sent, or has not arrived. */
export const REASON_WORDS: Readonly<Record<string, MessageDescriptor>> = {
  quiet: msg`Jam tenang.`,
  budget: msg`Batas alarm hari itu tercapai.`,
  away: msg`Penerima tidak terjangkau; dicoba lagi.`,
  busy: msg`Penerima sedang sibuk; dicoba lagi.`,
  failed: msg`Penerima bermasalah.`,
  forbidden_address: msg`Alamatnya tidak di internet publik.`,
  gone: msg`Penerima berkata alamat ini sudah tidak ada; webhook dimatikan.`,
  no_address: msg`Nomor belum diisi, atau surel belum diverifikasi.`,
  no_longer_allowed: msg`Penerima tidak lagi berhak.`,
  not_set_up: msg`Saluran belum diatur.`,
  refused: msg`Ditolak penerima.`,
  withdrawn: msg`Insidennya ditarik: catatannya diperbaiki.`,
}
