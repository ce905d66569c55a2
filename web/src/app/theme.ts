import { useSyncExternalStore } from 'react'

export type Theme = 'system' | 'light' | 'dark'

const KEPT_AS = 'arus.theme'
const watchers = new Set<() => void>()

function keptTheme(): Theme {
  const kept = localStorage.getItem(KEPT_AS)
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

export function setTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(KEPT_AS)
  else localStorage.setItem(KEPT_AS, theme)
  // Charts redraw when the attribute changes, so "system" is said too.
  document.documentElement.dataset['theme'] = theme
  for (const watcher of watchers) watcher()
}

export function useTheme(): Theme {
  return useSyncExternalStore(watcher => {
    watchers.add(watcher)
    return () => watchers.delete(watcher)
  }, keptTheme)
}
