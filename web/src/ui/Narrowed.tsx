/** On paper, where there are no filters: what narrows the page. */
export function Narrowed({ by }: { by: readonly (string | undefined)[] }) {
  const words = by.filter(Boolean).join(' · ')
  return words ? <p className="hidden text-sm print:block">{words}</p> : null
}
