/** Keyboard shortcuts. Single letters are off while typing, and can be switched off altogether (WCAG 2.1.4). */
import { useEffect, useSyncExternalStore } from 'react'

const KEPT_AS = 'arus.letters'
const watchers = new Set<() => void>()

export function useLettersOn(): boolean {
  return useSyncExternalStore(
    watcher => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => localStorage.getItem(KEPT_AS) !== 'off',
  )
}

export function setLettersOn(on: boolean): void {
  localStorage.setItem(KEPT_AS, on ? 'on' : 'off')
  for (const watcher of watchers) watcher()
}

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
      target.role === 'combobox')
  )
}

/** `keys` maps `a` or a sequence such as `g b` to what it does. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const on = useLettersOn()
  useEffect(() => {
    if (!on) return undefined
    let prefix = ''
    let forgotten: ReturnType<typeof setTimeout> | undefined
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return
      // A dialog has its own keys; a passing message is called a dialog too, but is not modal.
      if (document.querySelector('[role=dialog]:not([aria-modal=false])')) return
      const sequence = prefix ? `${prefix} ${event.key}` : event.key
      clearTimeout(forgotten)
      prefix = ''
      const act = keys[sequence]
      if (act) {
        event.preventDefault()
        act()
      } else if (Object.keys(keys).some(name => name.startsWith(`${sequence} `))) {
        prefix = sequence
        forgotten = setTimeout(() => {
          prefix = ''
        }, 1_200)
      }
    }
    addEventListener('keydown', press)
    return () => {
      removeEventListener('keydown', press)
      clearTimeout(forgotten)
    }
  }, [keys, on])
}

/** Move among the rows of a list (`j`, `k`); the focused row opens with Enter, as any button does. */
export function stepRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')]
  const at = rows.indexOf(document.activeElement as HTMLElement)
  const next = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + step))]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}
