import { useLingui } from '@lingui/react/macro'

/** Names of the days of the ISO week, Monday first. */
export function useWeekdays(): readonly string[] {
  const { t } = useLingui()
  return [
    t`Senin`,
    t`Selasa`,
    t`Rabu`,
    t`Kamis`,
    t`Jumat`,
    t`Sabtu`,
    t({ message: 'Minggu', context: 'hari' }),
  ]
}
