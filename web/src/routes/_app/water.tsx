import { createFileRoute } from '@tanstack/react-router'
import { Guard } from '@/app/Guard'
import { WaterPage } from '@/features/metering/WaterPage'
import { period, text, tidy } from '@/lib/search'

export const Route = createFileRoute('/_app/water')({
  validateSearch: (search: Record<string, unknown>) =>
    tidy({ period: period(search['period']), rayon: text(search['rayon']) }),
  component: () => (
    <Guard to="/water">
      <WaterPage />
    </Guard>
  ),
})
