/** Files on their way to the server: together, and a large one in pieces that go on where the line was cut (tus). */
import { uploadImports } from '@/api'
import { apiFetch } from '@/lib/http'

const TOGETHER_BYTES = 90_000_000
const PIECE_BYTES = 16_000_000
const TRIES = 5
const PAUSE_MS = 2_000
const UPLOADS = '/api/v1/imports/uploads'

const TOGETHER_FILES = 50

/** Send files; `sent` hears of those that arrived. */
export async function send(files: readonly File[], sent: (some: readonly File[]) => void): Promise<void> {
  for (const file of files.filter(one => one.size > TOGETHER_BYTES)) {
    await sendInPieces(file)
    sent([file])
  }
  for (const some of together(files.filter(one => one.size <= TOGETHER_BYTES))) {
    await uploadImports({ body: { files: some } })
    sent(some)
  }
}

/** Files as they go in one request each; an empty one would keep those beside it from being taken. */
export function together(files: readonly File[]): File[][] {
  const groups: File[][] = []
  let bytes = 0
  for (const file of files.filter(one => !isEmpty(one))) {
    bytes += file.size
    const last = groups.at(-1)
    if (last && bytes <= TOGETHER_BYTES && last.length < TOGETHER_FILES) last.push(file)
    else {
      groups.push([file])
      bytes = file.size
    }
  }
  return groups
}

export function isEmpty(file: File): boolean {
  return file.size === 0
}

async function sendInPieces(file: File): Promise<void> {
  const begun = await apiFetch(UPLOADS, {
    method: 'POST',
    headers: { 'Upload-Length': String(file.size), 'Upload-Metadata': `filename ${base64(file.name)}` },
  })
  const path = begun.headers.get('location') ?? UPLOADS
  let offset = 0
  let failures = 0
  let isImport = false
  // When the answer to the last piece was lost, an empty one asks for the import.
  while (!isImport) {
    try {
      const answer = await apiFetch(path, {
        method: 'PATCH',
        headers: { 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' },
        body: file.slice(offset, offset + PIECE_BYTES),
      })
      offset = Number(answer.headers.get('upload-offset'))
      isImport = answer.headers.has('arus-import-id')
      failures = 0
    } catch (error) {
      failures += 1
      if (failures === TRIES) throw error
      await new Promise(resolve => setTimeout(resolve, PAUSE_MS))
      const known = await apiFetch(path, { method: 'HEAD' }).catch(() => null)
      if (!known) continue
      offset = Number(known.headers.get('upload-offset'))
      isImport = known.headers.has('arus-import-id')
    }
  }
}

function base64(text: string): string {
  return btoa(String.fromCodePoint(...new TextEncoder().encode(text)))
}
