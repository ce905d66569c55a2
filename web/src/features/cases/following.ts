/** Cases as others change them meanwhile. */
import { useEffect } from 'react'
import { refetchCases } from '@/app/cases'
import { listenToCases } from '@/app/live'

/** News gather for as long before they are shown. */
const GATHERED_MS = 500
/** A card that is dragged, or whose menu is open. */
const IN_HAND = '[data-in-hand], [role="menu"]'

/** Tell of news once they have gathered and no card is in somebody's hand. */
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

/** Show what others do with cases, without tearing one from the hand. */
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
