import { createFileRoute } from '@tanstack/react-router'
import { RegisterPage } from '@/features/auth/RegisterPage'
import { text, tidy } from '@/lib/search'

export const Route = createFileRoute('/register')({
  validateSearch: (search: Record<string, unknown>) => tidy({ next: text(search['next']) }),
  component: RegisterPage,
})
