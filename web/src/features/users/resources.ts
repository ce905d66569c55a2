/** Resource → its actions as letters, in the order of `crud`. */
export type Resources = Readonly<Record<string, string>>

const ORDER = ['c', 'r', 'u', 'd']

/** The resources with one action more or less; what may do nothing is left out. */
export function narrowed(resources: Resources, name: string, letter: string, on: boolean): Resources {
  const now = resources[name] ?? ''
  const letters = ORDER.filter(one => (one === letter ? on : now.includes(one))).join('')
  const rest = Object.fromEntries(Object.entries(resources).filter(([other]) => other !== name))
  return letters === '' ? rest : { ...rest, [name]: letters }
}
