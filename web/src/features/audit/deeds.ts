/** Entries of the audit log as people read them; what this console does not know yet goes by its code. */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'

const DEEDS: Readonly<Record<string, MessageDescriptor>> = {
  'person.registered': msg`Mendaftar`,
  'email.verified': msg`Memverifikasi alamat surel`,
  'session.opened': msg({ message: 'Masuk', context: 'jejak' }),
  'session.closed': msg({ message: 'Keluar', context: 'jejak' }),
  'session.refused': msg`Gagal masuk`,
  'session.switched': msg`Berpindah organisasi`,
  'session.reuse_detected': msg`Sesi diakhiri: token lama dipakai lagi`,
  'password.changed': msg`Mengganti kata sandi`,
  'password.reset': msg`Mengatur ulang kata sandi`,
  'organisation.created': msg`Membuat organisasi`,
  'organisation.renamed': msg`Mengganti nama organisasi`,
  'member.added': msg`Menambah anggota`,
  'member.changed': msg`Mengubah anggota`,
  'member.deactivated': msg`Menonaktifkan anggota`,
  'member.left': msg`Keluar dari organisasi`,
  'invitation.sent': msg`Mengirim undangan`,
  'invitation.accepted': msg`Menerima undangan`,
  'invitation.withdrawn': msg`Menarik undangan`,
  'report_schedule.created': msg`Menjadwalkan laporan`,
  'report_schedule.changed': msg`Mengubah jadwal laporan`,
  'report_schedule.deleted': msg`Menghapus jadwal laporan`,
  'key.created': msg`Membuat kunci API`,
  'key.revoked': msg`Mencabut kunci API`,
  'import.committed': msg`Menyimpan impor`,
  'import.undone': msg`Membatalkan impor`,
  'threshold.set': msg`Mengatur ambang batas`,
  'meter_threshold.set': msg`Mengatur batas meter`,
  'location.created': msg`Membuat lokasi`,
  'location.changed': msg`Mengubah lokasi`,
  'product.created': msg`Membuat produk`,
  'product.changed': msg`Mengubah produk`,
  'webhook.created': msg`Membuat webhook`,
  'webhook.changed': msg`Mengubah webhook`,
  'webhook.secret_rotated': msg`Mengganti rahasia webhook`,
  'webhook.removed': msg`Menghapus webhook`,
}

export function deedWords(action: string): string {
  const words = DEEDS[action]
  return words ? i18n._(words) : action
}

export const DEED_CODES: readonly string[] = Object.keys(DEEDS)
