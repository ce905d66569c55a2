/** What may be answered to a question about a file, in words. */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { TypeOut } from '@/api'
import { monthName } from '@/lib/format'

/** What the options of a question mean, by what it is about. */
const WORDS: Readonly<Record<string, Readonly<Record<string, MessageDescriptor>>>> = {
  date: {
    dmy: msg`hari/bulan/tahun (31/12/2025)`,
    mdy: msg`bulan/hari/tahun (12/31/2025)`,
    ymd: msg`tahun/bulan/hari (25/12/31)`,
    'dmy-swapped': msg`hari/bulan/tahun (31/12/2025), sebagian tertukar oleh lembar kerja`,
    'mdy-swapped': msg`bulan/hari/tahun (12/31/2025), sebagian tertukar oleh lembar kerja`,
  },
  notation: {
    '1.234,56': msg`titik memisahkan ribuan, koma desimal (1.234,56)`,
    '1,234.56': msg`koma memisahkan ribuan, titik desimal (1,234.56)`,
  },
  sign: {
    CR: msg`yang bertanda CR minus`,
    DB: msg`yang bertanda DB minus`,
    none: msg`tidak ada yang minus`,
  },
  minus: {
    received: msg`uang yang diterima`,
    returned: msg`uang yang dikembalikan`,
    owed: msg`ditagih kepada pelanggan`,
    owed_back: msg`lebih bayar, hak pelanggan`,
  },
  unit: {
    thousands: msg`dalam ribuan (kali 1.000)`,
    noted: msg`seperti kata catatan itu`,
    written: msg`benar seperti tertulis`,
  },
  reversed: {
    minus: msg`catat sebagai minus`,
    refuse: msg`tolak baris itu`,
    read: msg`catat sebagai uang yang diterima`,
  },
  unread: { skip: msg`lewati kolom ini`, read: msg`baca, dan tolak baris yang tak terbaca` },
  below: { skip: msg`lewati tabel di bawah`, read: msg`baca juga tabel di bawah` },
  beside: { skip: msg`lewati tabel di sebelah` },
  zeros: { fill: msg`isi nol di depan`, keep: msg`benar seperti tertulis` },
}

/** An option as people say it. Columns are called as they are in the file, whatever that is. */
export function optionWord(key: string, option: string, types: readonly TypeOut[]): string {
  const [about = ''] = key.split(':')
  if (about === 'type') return types.find(one => one.type === option)?.title ?? option
  if (about === 'period') return monthName(`${option}-01`)
  const word = WORDS[about]?.[option]
  return word ? i18n._(word) : option
}
