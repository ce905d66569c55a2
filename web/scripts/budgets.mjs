/**
 * Weigh what a browser fetches, gzipped, against budgets.json: the first load (shell, overview and its chart's
 * absence), every further route on top of it, and the chart. Sizes, not times: they are the same everywhere.
 */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const root = new URL('../', import.meta.url)
const read = path => readFileSync(new URL(path, root))
const budgets = JSON.parse(read('budgets.json'))
const manifest = JSON.parse(read('dist/.vite/manifest.json'))
const KB = 1024

/** Every file a set of entries needs before it can be shown. */
function filesOf(entries) {
  const seen = new Set()
  const files = new Set()
  const visit = key => {
    const chunk = manifest[key]
    if (!chunk || seen.has(key)) return
    seen.add(key)
    files.add(chunk.file)
    for (const css of chunk.css ?? []) files.add(css)
    for (const next of chunk.imports ?? []) visit(next)
  }
  for (const entry of entries) visit(entry)
  return files
}

const weights = new Map()
function weigh(files) {
  let sum = 0
  for (const file of files) {
    if (!weights.has(file)) weights.set(file, gzipSync(read(`dist/${file}`), { level: 9 }).length)
    sum += weights.get(file)
  }
  return sum / KB
}

/** A route's parts: the file itself, what the router splits off it, and what it fetches at once. */
function partsOf(route) {
  const own = Object.keys(manifest).filter(key => key === route || key.startsWith(`${route}?`))
  return [...own, ...(budgets.fetched_at_once[route] ?? [])]
}

const language = Object.keys(manifest).filter(key => key.endsWith('locales/id/messages.po'))
const first = filesOf([...budgets.first_load.flatMap(partsOf), ...language])
const lines = [['first load', weigh(first), budgets.first_load_kb]]
const routes = [...new Set(Object.keys(manifest).map(key => key.split('?')[0]))].filter(
  key => key.startsWith('src/routes/') && !budgets.first_load.includes(key),
)
for (const route of routes.toSorted()) {
  const further = [...filesOf(partsOf(route))].filter(file => !first.has(file))
  lines.push([route.replace('src/routes/', '+ '), weigh(further), budgets.further_route_kb])
}
const chart = [...filesOf(['src/ui/TimeChart.tsx'])].filter(file => !first.has(file))
lines.push(['+ chart', weigh(chart), budgets.chart_kb])

let over = false
for (const [name, kb, budget] of lines) {
  over ||= kb > budget
  process.stdout.write(
    `${name.padEnd(32)} ${kb.toFixed(1).padStart(7)} KB of ${budget} KB${kb > budget ? '  TOO HEAVY' : ''}\n`,
  )
}
if (lines.length < 5 || first.size < 3) {
  process.stdout.write('the manifest does not look like this console: nothing was weighed\n')
  over = true
}
process.exit(over ? 1 : 0)
