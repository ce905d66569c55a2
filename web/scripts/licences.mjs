/** Fail when something the browser runs has a licence that ours cannot carry. */
import { readFileSync } from 'node:fs'

const ALLOWED = ['MIT', 'ISC', 'BSD-3-Clause', 'Apache-2.0']
const read = path => JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url)))

const refused = Object.keys(read('package.json').dependencies)
  .map(name => [name, read(`node_modules/${name}/package.json`).license])
  .filter(([, licence]) => !ALLOWED.includes(licence))
for (const [name, licence] of refused)
  process.stderr.write(`${name} is under ${licence}; allowed are ${ALLOWED.join(', ')}\n`)
process.exit(refused.length > 0 ? 1 : 0)
