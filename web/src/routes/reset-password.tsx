import { createFileRoute } from '@tanstack/react-router'
import { ResetPasswordPage } from '@/features/auth/ResetPasswordPage'
import { text, tidy } from '@/lib/search'

export const Route = createFileRoute('/reset-password')({
  validateSearch: (search: Record<string, unknown>) => tidy({ token: text(search['token']) }),
  component: ResetPasswordPage,
})
