import { createFileRoute } from '@tanstack/react-router'
import { Guard } from '@/app/Guard'
import { KINDS } from '@/app/kinds'
import { MeterPage } from '@/features/metering/MeterPage'
import { TAGS } from '@/features/metering/tags'
import { oneOf, period, text, tidy } from '@/lib/search'

export const Route = createFileRoute('/_app/meter')({
  validateSearch: (search: Record<string, unknown>) =>
    tidy({
      period: period(search['period']),
      rayon: text(search['rayon']),
      kind: oneOf(search['kind'], KINDS),
      tag: oneOf(search['tag'], TAGS),
      id: text(search['id']),
    }),
  component: () => (
    <Guard to="/meter">
      <MeterPage />
    </Guard>
  ),
})
