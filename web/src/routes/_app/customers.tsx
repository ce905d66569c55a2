import { createFileRoute } from '@tanstack/react-router'
import { Guard } from '@/app/Guard'
import { CustomersPage } from '@/features/metering/CustomersPage'
import { text, tidy } from '@/lib/search'

export const Route = createFileRoute('/_app/customers')({
  validateSearch: (search: Record<string, unknown>) =>
    tidy({ q: text(search['q']), rayon: text(search['rayon']), id: text(search['id']) }),
  component: () => (
    <Guard to="/customers">
      <CustomersPage />
    </Guard>
  ),
})
