import { createFileRoute } from '@tanstack/react-router'
import { LoginPage } from '@/features/auth/LoginPage'
import { text, tidy } from '@/lib/search'

export const Route = createFileRoute('/login')({
  validateSearch: (search: Record<string, unknown>) => tidy({ next: text(search['next']) }),
  component: LoginPage,
})
