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
  if (target instanceof HTMLInputElement && /^(checkbox|radio)$/.test(target.type)) return false
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
    let prefix = ''
    let forgotten: ReturnType<typeof setTimeout> | undefined
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return
      if (!on && event.key.length === 1) return
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

function rowAt(element: Element | null): HTMLElement | null {
  return element?.closest('tr, li')?.querySelector<HTMLElement>('[data-row]') ?? null
}

/** Move among the rows of a list (`j`, `k`); the focused row opens with Enter, as any button does. */
export function stepRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')]
  const row = rowAt(document.activeElement)
  const at = row ? rows.indexOf(row) : -1
  const next = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + step))]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}

/** The id of the row that has the focus. */
export function focusedRow(): string | undefined {
  return rowAt(document.activeElement)?.dataset['row']
}

/** Leave the focused row for its neighbour, because it is about to go. */
export function leaveRow(): void {
  const row = focusedRow()
  stepRow(1)
  if (focusedRow() === row) stepRow(-1)
}

/** Mark the row that has the focus, or take its mark off (`x`). */
export function markRow(): void {
  const row = rowAt(document.activeElement)
  row?.closest('tr, li')?.querySelector<HTMLElement>('[data-select]')?.click()
}

/** Press the page's button for a new record (`n`); says whether there is one. */
export function pressNew(): boolean {
  const button = document.querySelector<HTMLElement>('[data-new]')
  button?.click()
  return button !== null
}
