/** What a read is marked by in one word, an anomaly or not. */
import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { Tag } from '@/api'

export const TAG_WORDS: Readonly<Record<Tag, MessageDescriptor>> = {
  USAGE_INACTIVE: msg`Pakai tanpa layanan`,
  STUCK_METER: msg`Meter macet`,
  GANTI_METER: msg`Meter diganti`,
  ROLLOVER: msg`Putaran meter`,
  CATCH_UP: msg`Susulan`,
  OVER_ESTIMATE: msg`Estimasi terlalu tinggi`,
}

export const TAGS = Object.keys(TAG_WORDS) as Tag[]
