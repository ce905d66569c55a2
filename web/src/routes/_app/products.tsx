import { createFileRoute } from '@tanstack/react-router'
import { Guard } from '@/app/Guard'
import { ProductsPage } from '@/features/inventory/ProductsPage'
import { oneOf, text, tidy } from '@/lib/search'

export const Route = createFileRoute('/_app/products')({
  validateSearch: (search: Record<string, unknown>) =>
    tidy({ q: text(search['q']), active: oneOf(search['active'], ['no', 'all']), id: text(search['id']) }),
  component: () => (
    <Guard to="/products">
      <ProductsPage />
    </Guard>
  ),
})
