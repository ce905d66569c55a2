import { createFileRoute } from '@tanstack/react-router'
import { Guard } from '@/app/Guard'
import { TransactionsPage } from '@/features/fuel/TransactionsPage'
import { day, oneOf, text, tidy } from '@/lib/search'

export const Route = createFileRoute('/_app/fuel/transactions')({
  validateSearch: (search: Record<string, unknown>) =>
    tidy({
      location: text(search['location']),
      product: text(search['product']),
      from: day(search['from']),
      to: day(search['to']),
      status: oneOf(search['status'], ['voided', 'all']),
      id: text(search['id']),
    }),
  component: () => (
    <Guard to="/fuel/transactions">
      <TransactionsPage />
    </Guard>
  ),
})
