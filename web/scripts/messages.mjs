/** Fail when a message is not extracted, not translated, or no longer used. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const LANGUAGES = ['id', 'en']
const catalogue = language => `src/locales/${language}/messages.po`
/** What counts: messages and translations, not where in a file they stand. */
const substance = text =>
  text
    .split('\n')
    .filter(line => !line.startsWith('#'))
    .join('\n')

const kept = mkdtempSync(join(tmpdir(), 'messages-'))
let stale = false
try {
  for (const language of LANGUAGES) cpSync(catalogue(language), join(kept, `${language}.po`))
  execFileSync('npx', ['lingui', 'extract', '--clean'], { stdio: ['ignore', 'ignore', 'inherit'] })
  for (const language of LANGUAGES) {
    const before = readFileSync(join(kept, `${language}.po`), 'utf8')
    const after = readFileSync(catalogue(language), 'utf8')
    if (substance(before) !== substance(after)) {
      process.stderr.write(`${catalogue(language)} is not up to date: run "npm run i18n"\n`)
      stale = true
    }
    const untranslated =
      language !== 'id' &&
      after
        .split('\n\n')
        .slice(1)
        .filter(entry => /\nmsgstr ""\s*$/.test(entry)).length
    if (untranslated) {
      process.stderr.write(`${catalogue(language)}: ${untranslated} messages have no translation\n`)
      stale = true
    }
    cpSync(join(kept, `${language}.po`), catalogue(language))
  }
} finally {
  rmSync(kept, { recursive: true })
}
process.exit(stale ? 1 : 0)
