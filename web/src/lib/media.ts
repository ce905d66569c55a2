import { useSyncExternalStore } from 'react'
import { flushSync } from 'react-dom'

/** Whether the window is at least as wide as a side bar needs; paper is. */
export function useWide(): boolean {
  const wide = useMedia('(min-width: 768px)')
  return usePrinting() || wide
}

let printing = false
let theme = ''
const watchers = new Set<() => void>()
// The browser takes its picture right after this, so everything is drawn at once.
const tell = () => flushSync(() => watchers.forEach(watcher => watcher()))

addEventListener('beforeprint', () => {
  printing = true
  const { dataset } = document.documentElement
  theme = dataset['theme'] ?? 'system'
  dataset['theme'] = 'light'
  tell()
})
addEventListener('afterprint', () => {
  printing = false
  document.documentElement.dataset['theme'] = theme
  tell()
})

/** Whether the page is on its way to paper: what is out of sight has to be there too. */
export function usePrinting(): boolean {
  return useSyncExternalStore(
    watcher => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => printing,
  )
}

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    changed => {
      const media = matchMedia(query)
      media.addEventListener('change', changed)
      return () => media.removeEventListener('change', changed)
    },
    () => matchMedia(query).matches,
  )
}

export function useOnline(): boolean {
  return useSyncExternalStore(
    changed => {
      addEventListener('online', changed)
      addEventListener('offline', changed)
      return () => {
        removeEventListener('online', changed)
        removeEventListener('offline', changed)
      }
    },
    () => navigator.onLine,
  )
}
