/** The preferences as a form holds them: empty text is what is switched off. */
import type { NotificationPreferences } from '@/api'

export type Settings = ReturnType<typeof settingsOf>

export function settingsOf(prefs: NotificationPreferences) {
  return {
    in_app: prefs.in_app,
    email: prefs.email,
    whatsapp: prefs.whatsapp,
    whatsapp_number: prefs.whatsapp_number ?? '',
    quiet_from: prefs.quiet_hours?.from ?? '',
    quiet_to: prefs.quiet_hours?.to ?? '',
    critical_passes: prefs.critical_passes,
    digest_at: prefs.digest_at ?? '',
    alarms_per_day: String(prefs.alarms_per_day),
    timezone: prefs.timezone ?? '',
  }
}

/** Whether the text is a number of alarms that the server takes. */
export function isBudget(text: string): boolean {
  return /^\d{1,3}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= 200
}

/** What is sent for these settings. */
export function bodyOf(settings: Settings) {
  const { quiet_from, quiet_to, whatsapp_number, digest_at, alarms_per_day, timezone, ...same } = settings
  const number = whatsapp_number.replaceAll(/[\s().-]/g, '')
  return {
    ...same,
    // A number as it is dialled at home belongs to Indonesia.
    whatsapp_number: number === '' ? null : number.startsWith('0') ? `+62${number.slice(1)}` : number,
    quiet_hours: quiet_from === '' && quiet_to === '' ? null : { from: quiet_from, to: quiet_to },
    digest_at: digest_at === '' ? null : digest_at,
    // What is no budget is told by the form, in words of its own.
    ...(isBudget(alarms_per_day) && { alarms_per_day: Number(alarms_per_day) }),
    timezone: timezone === '' ? null : timezone,
  }
}
