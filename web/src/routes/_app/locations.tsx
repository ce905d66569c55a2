import { createFileRoute } from '@tanstack/react-router'
import { Guard } from '@/app/Guard'
import { LocationsPage } from '@/features/inventory/LocationsPage'
import { oneOf, text, tidy } from '@/lib/search'

export const Route = createFileRoute('/_app/locations')({
  validateSearch: (search: Record<string, unknown>) =>
    tidy({ q: text(search['q']), active: oneOf(search['active'], ['no', 'all']), id: text(search['id']) }),
  component: () => (
    <Guard to="/locations">
      <LocationsPage />
    </Guard>
  ),
})
