/** Cases as others change them meanwhile. */
import { useEffect } from 'react'
import { refetchCases } from '@/app/cases'
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

/** Show what others do with cases, without tearing anything from the hand. */
export function useFollowing(): void {
  useEffect(() => {
    const { news, stop } = gathered(() => void refetchCases())
    const unlisten = listenToCases(news)
    return () => {
      unlisten()
      stop()
    }
  }, [])
}
