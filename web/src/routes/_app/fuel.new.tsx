import { createFileRoute } from '@tanstack/react-router'
import { Guard } from '@/app/Guard'
import { RecordPage } from '@/features/fuel/RecordPage'
import { oneOf, tidy } from '@/lib/search'

export const Route = createFileRoute('/_app/fuel/new')({
  validateSearch: (search: Record<string, unknown>) => tidy({ way: oneOf(search['way'], ['many']) }),
  component: () => (
    <Guard to="/fuel/new">
      <RecordPage />
    </Guard>
  ),
})
