import { createFileRoute } from '@tanstack/react-router'
import { VerifyEmailPage } from '@/features/auth/VerifyEmailPage'
import { text, tidy } from '@/lib/search'

export const Route = createFileRoute('/verify-email')({
  validateSearch: (search: Record<string, unknown>) => tidy({ token: text(search['token']) }),
  component: VerifyEmailPage,
})
