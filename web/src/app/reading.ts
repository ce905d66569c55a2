/** Whether somebody reads a list just now: then nothing in it may move by itself. */

/** Scrolled further than this, the reader is reading. */
const READING_PX = 120

/** Tell at once and after every move whether a row has the focus or the page is scrolled; returns how to stop. */
export function whileReading(tell: (reading: boolean) => void): () => void {
  const judge = () => {
    const focused = document.activeElement?.closest('[data-index]') != null
    tell(focused || scrollY > READING_PX)
  }
  // Between two rows the focus is nowhere for a moment; letting rows in then would take it away.
  const judgeLater = () => setTimeout(judge)
  judge()
  addEventListener('scroll', judge, { passive: true })
  addEventListener('focusin', judge)
  addEventListener('focusout', judgeLater)
  return () => {
    removeEventListener('scroll', judge)
    removeEventListener('focusin', judge)
    removeEventListener('focusout', judgeLater)
  }
}
