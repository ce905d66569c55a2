/** One case: how it stands and how it goes on, what was found in the field, files, what people wrote, its history. */
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { CaseDetail } from '@/api'
import { CaseStatusTag, typeWord } from '@/app/cases'
import { useMay } from '@/app/session'
import { buttonLook } from '@/ui/Button'
import { Drawer } from '@/ui/Dialog'
import { Failed, Skeleton } from '@/ui/States'
import { CaseFields } from './CaseFields'
import { ConflictDialog } from './changing'
import { Comments } from './Comments'
import { Files } from './Files'
import { History } from './History'
import { MoveTool, ResolutionDialog, useMoving } from './moving'
import { caseQuery } from './queries'
import { Visits } from './Visits'
import { subject } from './words'

export default function CaseDrawer({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  const { t } = useLingui()
  const detail = useQuery({ ...caseQuery(id ?? ''), enabled: id !== undefined })
  const one = detail.data
  const number = one?.number ?? 0
  return (
    <Drawer
      open={id !== undefined}
      onClose={onClose}
      title={one ? `#${number} ${typeWord(one.type)}` : t`Kasus`}
      description={one && subject(one)}
    >
      {one ? (
        <Body key={one.id} one={one} />
      ) : detail.isError ? (
        <Failed
          what={<Trans>Kasus ini belum bisa dimuat.</Trans>}
          error={detail.error}
          onRetry={() => void detail.refetch()}
        />
      ) : (
        <Skeleton lines={8} />
      )}
    </Drawer>
  )
}

function Body({ one }: { one: CaseDetail }) {
  const mayChange = useMay('cases', 'u')
  const moving = useMoving()
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <CaseStatusTag status={one.status} />
        {mayChange && <MoveTool one={one} moving={moving} />}
      </div>
      <About one={one} />
      <CaseFields one={one} moving={moving} readOnly={!mayChange || one.status === 'closed'} />
      <Visits one={one} />
      <Files one={one} />
      <Comments id={one.id} />
      <History id={one.id} />
      <ResolutionDialog moving={moving} />
      <ConflictDialog changing={moving} />
    </div>
  )
}

/** Where what it is about can be seen. */
function About({ one }: { one: CaseDetail }) {
  const seesMeter = useMay('meters', 'r')
  return (
    <div className="flex flex-col gap-2 text-sm">
      {one.address && <p className="text-muted">{one.address}</p>}
      <span className="flex flex-wrap gap-2">
        {one.nomen && seesMeter && (
          <>
            <Link
              to="/meter"
              search={{ id: one.nomen, ...(one.period && { period: one.period }) }}
              className={buttonLook()}
            >
              <Trans>Lihat meter</Trans>
            </Link>
            <Link to="/customers" search={{ id: one.nomen }} className={buttonLook()}>
              <Trans>Lihat riwayat pelanggan</Trans>
            </Link>
          </>
        )}
        {one.incident_id && (
          <Link to="/incidents" search={{ id: one.incident_id }} className={buttonLook()}>
            <Trans>Lihat insiden</Trans>
          </Link>
        )}
      </span>
    </div>
  )
}
