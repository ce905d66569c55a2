import { Trans } from '@lingui/react/macro'
import type { CustomerDetail } from '@/api'
import { ActiveTag } from '@/app/ActiveTag'
import { Fact, FACTS } from './parts'

/** What the books say of a customer now; the number is above it already. */
export function CustomerFacts({ customer }: { customer: CustomerDetail }) {
  return (
    <dl className={FACTS}>
      <Fact name={<Trans>Nama</Trans>}>{customer.name || '–'}</Fact>
      <Fact name={<Trans>Alamat</Trans>}>{customer.address || '–'}</Fact>
      <Fact name={<Trans>Rayon</Trans>}>{customer.rayon || '–'}</Fact>
      <Fact name={<Trans>Golongan</Trans>}>{customer.usage_class || '–'}</Fact>
      <Fact name={<Trans>Nomor meter</Trans>}>{customer.serial || '–'}</Fact>
      <Fact name={<Trans>Ukuran meter</Trans>}>{customer.meter_size || '–'}</Fact>
      <Fact name={<Trans>Keadaan</Trans>}>
        <ActiveTag active={customer.is_active} />
      </Fact>
    </dl>
  )
}
