export interface Notice {
  text: string
  /** The one act on offer, mostly "Urungkan". */
  action?: { label: string; onClick: () => void }
  forMs?: number
}

const waiting: Notice[] = []
let show = (notice: Notice): void => void waiting.push(notice)

/** Say something in passing. What shows it is fetched after the page; until then it waits. */
export function toast(notice: Notice): void {
  show(notice)
}

/** Let notices be shown from now on, those that waited first. */
export function shownBy(shows: (notice: Notice) => void): void {
  show = shows
  waiting.splice(0).forEach(shows)
}
