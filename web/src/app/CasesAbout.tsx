/** In a drawer: the cases about what it shows, and the way to a new one. */
import { Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ClipboardPlus } from 'lucide-react'
import type { CaseOut } from '@/api'
import { buttonLook } from '@/ui/Button'
import { casesAboutQuery, CaseStatusTag, typeWord } from './cases'
import { useMay } from './session'

type About = { nomen: string; period?: string; kind?: CaseOut['type'] } | { incident: string }

export function CasesAbout({ about }: { about: About }) {
  const mayRead = useMay('cases', 'r')
  const mayOpen = useMay('cases', 'c')
  const cases = useQuery({
    ...casesAboutQuery('nomen' in about ? { nomen: about.nomen } : { incident_id: about.incident }),
    enabled: mayRead,
  })
  if (!mayRead) return null
  const found = cases.data ?? []
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">
        <Trans>Kasus</Trans>
      </h3>
      {found.length > 0 && (
        <ul className="divide-y divide-line rounded-lg border border-line text-sm">
          {found.map(one => (
            <li key={one.id} className="flex items-center justify-between gap-2 px-3 py-2">
              <Link
                to="/cases"
                search={{ id: one.id }}
                className="min-w-0 truncate font-medium text-brand hover:underline"
              >
                #{one.number} {typeWord(one.type)}
              </Link>
              <CaseStatusTag status={one.status} />
            </li>
          ))}
        </ul>
      )}
      {mayOpen && (
        <Link to="/cases" search={{ id: 'new', ...about }} className={buttonLook('secondary', 'self-start')}>
          <ClipboardPlus aria-hidden className="size-4" />
          <Trans>Buat kasus</Trans>
        </Link>
      )}
    </section>
  )
}
