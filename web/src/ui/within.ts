import { createContext, type RefObject } from 'react'

/** The panel that something stands in: a menu that opened outside of it would lie behind it. */
export const Within = createContext<RefObject<HTMLElement | null> | null>(null)
