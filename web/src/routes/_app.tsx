import { createFileRoute, redirect } from '@tanstack/react-router'
import { speak } from '@/app/language'
import { meQuery } from '@/app/session'
import { Shell } from '@/app/Shell'
import { ProblemError } from '@/lib/problem'

export const Route = createFileRoute('/_app')({
  beforeLoad: async ({ context, location }) => {
    try {
      const { user } = await context.queries.ensureQueryData(meQuery)
      // A new browser speaks the language its user chose elsewhere.
      if (!localStorage.getItem('arus.language') && user.language === 'en') await speak('en')
    } catch (error) {
      if (error instanceof ProblemError && error.status === 401) {
        const next = location.href === '/' ? undefined : location.href
        throw redirect({ to: '/login', search: next ? { next } : {} })
      }
      throw error
    }
  },
  component: Shell,
})
