import { Trans, useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { NoPermission } from '@/ui/States'
import { Page } from '@/ui/Page'
import { mayEnter, PAGES, type PageEntry } from './pages'
import { roleWord, rolesThatMay } from './roles'
import { useSession } from './session'

/** Show a page only to those who may enter; others learn who can let them in. */
export function Guard({ to, children }: { to: PageEntry['to']; children: ReactNode }) {
  const { i18n } = useLingui()
  const session = useSession()
  const page = PAGES.find(one => one.to === to)
  if (!page || mayEnter(session, page)) return children
  const needed = rolesThatMay([page.needs, ...(page.alsoNeeds ? [page.alsoNeeds] : [])])
    .map(roleWord)
    .join(', ')
  const role = session.organisation.roles.map(roleWord).join(', ')
  const organisation = session.organisation.name
  return (
    <Page title={i18n._(page.name)}>
      <NoPermission
        roles={
          <Trans>
            Halaman ini untuk: {needed}. Peran Anda di {organisation}: {role}. Pemilik atau admin organisasi
            dapat mengubahnya di halaman Pengguna.
          </Trans>
        }
      />
    </Page>
  )
}
