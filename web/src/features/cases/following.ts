/** Cases as others change them meanwhile. */
import { useEffect } from 'react'
import { refetchBesideLists, refetchCases } from '@/app/cases'
import { listenToCases } from '@/app/live'

/** News gather for as long before they are shown. */
const GATHERED_MS = 500
/** A card that is dragged, a menu or a list of choices that is open. A list that was closed stays, unseen. */
const IN_HAND = '[data-in-hand], [aria-haspopup][aria-expanded="true"]'

/** Tell of news once they have gathered and nothing is in somebody's hand. */
export function gathered(show: () => void): { news: () => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  const news = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      if (document.querySelector(IN_HAND)) news()
      else show()
    }, GATHERED_MS)
  }
  return { news, stop: () => clearTimeout(timer) }
}

/** As `useFollowing`, where no list has to hold still. */
export function Following(): null {
  useFollowing(false)
  return null
}

/** Show what others do with cases, without tearing anything from the hand. hold: lists stay as they are so long. */
export function useFollowing(hold: boolean): void {
  useEffect(() => {
    let behind = false
    const { news, stop } = gathered(() => {
      behind = hold
      void (hold ? refetchBesideLists() : refetchCases())
    })
    const unlisten = listenToCases(() => {
      behind = true
      news()
    })
    return () => {
      unlisten()
      stop()
      if (behind) void refetchCases()
    }
  }, [hold])
}
