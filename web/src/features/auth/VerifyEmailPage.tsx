import { Trans, useLingui } from '@lingui/react/macro'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useMutation } from '@tanstack/react-query'
import { verifyEmail } from '@/api'
import { refetch } from '@/app/client'
import { sentenceOf } from '@/lib/failure'
import { ProblemError } from '@/lib/problem'
import { Button, buttonLook } from '@/ui/Button'
import { FormError } from '@/ui/FormError'
import { AuthFrame } from './AuthFrame'

const route = getRouteApi('/verify-email')

/** Asks for one press: mail scanners open links, and a link that acts by itself would be used up by them. */
export function VerifyEmailPage() {
  const { t } = useLingui()
  const { token } = route.useSearch()
  const verify = useMutation({
    mutationFn: () => verifyEmail({ body: { token: token ?? '' } }),
    onSuccess: () => refetch('me'),
  })
  return (
    <AuthFrame title={t`Verifikasi alamat surel`}>
      {verify.isSuccess ? (
        <div role="status" className="flex flex-col gap-4 text-sm">
          <p>
            <Trans>
              Alamat surel Anda terverifikasi. Sekarang Anda dapat mengundang dan menerima undangan.
            </Trans>
          </p>
          <Link to="/" className={buttonLook('primary')}>
            <Trans>Buka Arus</Trans>
          </Link>
        </div>
      ) : (
        <div className="flex flex-col gap-4">
          <FormError>
            {!token
              ? t`Tautan ini tidak lengkap. Buka tautan dari surel Anda sekali lagi.`
              : verify.isError
                ? sentenceOf(verify.error)
                : null}
          </FormError>
          {verify.error instanceof ProblemError && verify.error.isFinal ? (
            <Link to="/" className={buttonLook('primary')}>
              <Trans>Buka Arus</Trans>
            </Link>
          ) : (
            <Button look="primary" disabled={!token} busy={verify.isPending} onClick={() => verify.mutate()}>
              <Trans>Ya, ini alamat saya</Trans>
            </Button>
          )}
        </div>
      )}
    </AuthFrame>
  )
}
