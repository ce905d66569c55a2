/** Leave the console, or one of one's organisations for another; fetched when somebody does. */
import { logout, switch_ } from '@/api'
import { sentenceOf } from '@/lib/failure'
import { forgetAnswers, forgetKept } from '@/lib/kept'
import { ProblemError } from '@/lib/problem'
import { runAll } from '@/lib/undo'
import { toast } from '@/ui/Toast'
import { queries } from './client'

/** End the session and leave nothing of it in this browser; says whether it ended. `queue`: what was not sent. */
export async function signOut(queue: { empty: () => Promise<void> }): Promise<boolean> {
  await runAll()
  try {
    await logout()
  } catch (error) {
    // One that has ended by itself is over as well.
    if (!(error instanceof ProblemError && error.status === 401)) {
      toast({ text: sentenceOf(error) })
      return false
    }
  }
  try {
    await queue.empty()
  } catch (error) {
    toast({ text: sentenceOf(error) })
  }
  queries.clear()
  forgetKept()
  return true
}

/** Act in another organisation. All that is shown is of the old one, so every tab of the console starts anew. */
export async function switchTo(organisationId: string): Promise<void> {
  await runAll()
  await switch_({ body: { organisation_id: organisationId } })
  // Whose session it is goes too: that tells the other tabs.
  forgetAnswers()
  location.assign('/app/')
}
