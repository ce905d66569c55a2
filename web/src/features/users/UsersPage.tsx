import { Trans, useLingui } from '@lingui/react/macro'
import { getRouteApi } from '@tanstack/react-router'
import { useMay } from '@/app/session'
import { Page } from '@/ui/Page'
import { Tabs } from '@/ui/Tabs'
import { AuditTab } from './AuditTab'
import { InvitationsTab } from './InvitationsTab'
import { KeysTab } from './KeysTab'
import { MembersTab } from './MembersTab'

const route = getRouteApi('/_app/users')

export function UsersPage() {
  const { t } = useLingui()
  const { tab } = route.useSearch()
  const navigate = route.useNavigate()
  const seesKeys = useMay('keys', 'r')
  const seesAudit = useMay('audit', 'r')
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
          { value: 'invitations' as const, label: t`Undangan`, content: <InvitationsTab /> },
          ...(seesKeys ? [{ value: 'keys' as const, label: t`Kunci API`, content: <KeysTab /> }] : []),
          ...(seesAudit ? [{ value: 'audit' as const, label: t`Jejak audit`, content: <AuditTab /> }] : []),
        ]}
      />
    </Page>
  )
}
