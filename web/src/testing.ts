/** Set-up of every unit test: a disk for the queue, and both languages. */
import 'fake-indexeddb/auto'
import { i18n } from '@lingui/core'
import { messages as en } from '@/locales/en/messages.po'
import { messages as id } from '@/locales/id/messages.po'

i18n.load({ id, en })
i18n.activate('id')
