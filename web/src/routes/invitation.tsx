import { createFileRoute } from '@tanstack/react-router'
import { InvitationPage } from '@/features/auth/InvitationPage'
import { text, tidy } from '@/lib/search'

export const Route = createFileRoute('/invitation')({
  validateSearch: (search: Record<string, unknown>) => tidy({ token: text(search['token']) }),
  component: InvitationPage,
})
