/** What is said otherwise than it stands, field by field. */
export function changed<Said extends object>(
  said: Said,
  standing: { readonly [Field in keyof Said]?: unknown },
): Partial<Said> {
  const fields = Object.keys(said) as (keyof Said)[]
  const differ = fields.filter(field => said[field] !== standing[field])
  return Object.fromEntries(differ.map(field => [field, said[field]])) as Partial<Said>
}
