/** Fail when the committed client is not what openapi.json generates. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const COMMITTED = 'src/api'
const files = folder =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(folder.length))
    .toSorted()

function read(folder, name) {
  try {
    return readFileSync(join(folder, name), 'utf8')
  } catch {
    return null
  }
}

const fresh = mkdtempSync(join(tmpdir(), 'client-'))
try {
  execFileSync('npx', ['openapi-ts', '--output', fresh], { stdio: ['ignore', 'ignore', 'inherit'] })
  const names = [...new Set([...files(fresh), ...files(COMMITTED)])]
  const different = names.filter(name => read(fresh, name) !== read(COMMITTED, name))
  for (const name of different)
    process.stderr.write(`${COMMITTED}${name} is not up to date: run "make openapi"\n`)
  process.exitCode = different.length > 0 ? 1 : 0
} finally {
  rmSync(fresh, { recursive: true })
}
