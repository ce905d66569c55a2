import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { acceptInvitation } from '@/api'
import { switchTo } from '@/app/leaving'
import { meQuery } from '@/app/session'
import { sentenceOf } from '@/lib/failure'
import { ProblemError } from '@/lib/problem'
import { Button, buttonLook } from '@/ui/Button'
import { FormError } from '@/ui/FormError'
import { Skeleton } from '@/ui/States'
import { AuthFrame } from './AuthFrame'

const route = getRouteApi('/invitation')

export function InvitationPage() {
  const { t } = useLingui()
  const { token } = route.useSearch()
  const session = useQuery(meQuery)
  const accept = useMutation({
    mutationFn: async () => {
      const { data } = await acceptInvitation({ body: { token: token ?? '' } })
      await switchTo(data.id)
    },
  })
  const isRefused = accept.error instanceof ProblemError && accept.error.isFinal
  const next = `/invitation?token=${encodeURIComponent(token ?? '')}`
  return (
    <AuthFrame title={t({ message: 'Undangan', context: 'satu' })}>
      {session.isPending ? (
        <Skeleton lines={2} />
      ) : session.data ? (
        <div className="flex flex-col gap-4">
          <FormError>{accept.isError ? sentenceOf(accept.error) : null}</FormError>
          <p className="text-sm">
            <Trans>Anda masuk sebagai {session.data.user.email}.</Trans>
          </p>
          {isRefused ? (
            <Link to="/" className={buttonLook('primary')}>
              <Trans>Buka Arus</Trans>
            </Link>
          ) : (
            <Button look="primary" disabled={!token} busy={accept.isPending} onClick={() => accept.mutate()}>
              <Trans>Terima undangan</Trans>
            </Button>
          )}
          <Link to="/login" search={{ next }} className={buttonLook()}>
            <Trans>Masuk dengan alamat lain</Trans>
          </Link>
        </div>
      ) : (
        <div className="flex flex-col gap-3">
          <p className="text-sm">
            <Trans>Masuk atau daftar dengan alamat surel yang diundang, lalu terima undangannya.</Trans>
          </p>
          <Link to="/login" search={{ next }} className={buttonLook('primary')}>
            <Trans>Masuk</Trans>
          </Link>
          <Link to="/register" search={{ next }} className={buttonLook()}>
            <Trans>Daftar</Trans>
          </Link>
        </div>
      )}
    </AuthFrame>
  )
}
