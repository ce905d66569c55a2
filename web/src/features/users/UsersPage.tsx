import { Trans, useLingui } from '@lingui/react/macro'
import { getRouteApi } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useMay } from '@/app/session'
import { Page } from '@/ui/Page'
import { Skeleton } from '@/ui/States'
import { Tabs } from '@/ui/Tabs'
import { MembersTab } from './MembersTab'

const InvitationsTab = lazy(() => import('./InvitationsTab'))
const KeysTab = lazy(() => import('./KeysTab'))
const route = getRouteApi('/_app/users')

export function UsersPage() {
  const { t } = useLingui()
  const { tab } = route.useSearch()
  const navigate = route.useNavigate()
  const seesKeys = useMay('keys', 'r')
  return (
    <Page
      title={t`Pengguna`}
      lead={<Trans>Siapa yang bekerja di organisasi ini, dan apa yang boleh mereka lakukan.</Trans>}
    >
      <Tabs
        label={t`Bagian`}
        value={tab ?? 'members'}
        onChange={next => void navigate({ search: next === 'members' ? {} : { tab: next }, replace: true })}
        tabs={[
          { value: 'members' as const, label: t`Anggota`, content: <MembersTab /> },
          {
            value: 'invitations' as const,
            label: t`Undangan`,
            content: (
              <Suspense fallback={<Skeleton />}>
                <InvitationsTab />
              </Suspense>
            ),
          },
          ...(seesKeys
            ? [
                {
                  value: 'keys' as const,
                  label: t`Kunci API`,
                  content: (
                    <Suspense fallback={<Skeleton />}>
                      <KeysTab />
                    </Suspense>
                  ),
                },
              ]
            : []),
        ]}
      />
    </Page>
  )
}
