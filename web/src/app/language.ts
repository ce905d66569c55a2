import { i18n } from '@lingui/core'

export type Language = 'id' | 'en'

const KEPT_AS = 'arus.language'

export function keptLanguage(): Language {
  return localStorage.getItem(KEPT_AS) === 'en' ? 'en' : 'id'
}

/** Load one language's messages and speak it; the server is told with every request. */
export async function speak(language: Language): Promise<void> {
  const { messages } =
    language === 'en' ? await import('@/locales/en/messages.po') : await import('@/locales/id/messages.po')
  i18n.loadAndActivate({ locale: language, messages })
  document.documentElement.lang = language
  localStorage.setItem(KEPT_AS, language)
}
