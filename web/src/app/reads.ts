/** Register reads as several pages need them: what is read again once one is corrected. */
import { outdate, refetch } from './client'

/** Judges follow the books, and the feed does not tell of them: after the books' last word they are looked up again. */
export const ECHOES_MS = [1_500, 4_000, 10_000]

/** A register read was corrected: the books say so at once, the judge soon after. */
export function refetchCorrected(): void {
  // The form that kept an estimate is still closing, and what it was of needs none any more.
  outdate('proposeMissingRead')
  refetch('getRegisterRead', 'listRegisterReads', 'getCustomerTimeline', 'getCustomer')
  for (const ms of ECHOES_MS) {
    setTimeout(() => refetch('getMeterHistory', 'listMeterAnomalies', 'summariseMeterAnomalies'), ms)
  }
}
