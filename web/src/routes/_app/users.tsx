import { createFileRoute } from '@tanstack/react-router'
import { Guard } from '@/app/Guard'
import { UsersPage } from '@/features/users/UsersPage'
import { oneOf, text, tidy } from '@/lib/search'

export const Route = createFileRoute('/_app/users')({
  validateSearch: (search: Record<string, unknown>) =>
    tidy({ tab: oneOf(search['tab'], ['invitations', 'keys']), id: text(search['id']) }),
  component: () => (
    <Guard to="/users">
      <UsersPage />
    </Guard>
  ),
})
