import { Trans } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { Card } from '@/ui/Page'
import { Failed, Skeleton } from '@/ui/States'

interface PartProps<Data> {
  title: ReactNode
  aside?: ReactNode
  query: { data: Data | undefined; isPending: boolean; error: Error | null; refetch: () => unknown }
  children: (data: Data) => ReactNode
}

/** A card whose part is fetched, and fails, alone. */
export function Part<Data>({ title, aside, query, children }: PartProps<Data>) {
  return (
    <Card title={title} aside={aside}>
      {query.data !== undefined ? (
        children(query.data)
      ) : query.isPending ? (
        <Skeleton lines={4} />
      ) : (
        <Failed
          what={<Trans>Bagian ini belum bisa dimuat.</Trans>}
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      )}
    </Card>
  )
}
