/** Files on their way to the server: together, and a large one in pieces that go on where the line was cut (tus). */
import { uploadImports } from '@/api'
import { apiFetch } from '@/lib/http'

const TOGETHER_BYTES = 90_000_000
const PIECE_BYTES = 16_000_000
const TRIES = 5
const PAUSE_MS = 2_000
const UPLOADS = '/api/v1/imports/uploads'

export async function send(files: readonly File[]): Promise<void> {
  const small: File[] = []
  let bytes = 0
  for (const file of files) {
    if (file.size > TOGETHER_BYTES) {
      await sendInPieces(file)
      continue
    }
    if (bytes + file.size > TOGETHER_BYTES) {
      await uploadImports({ body: { files: small.splice(0) } })
      bytes = 0
    }
    small.push(file)
    bytes += file.size
  }
  if (small.length > 0) await uploadImports({ body: { files: small } })
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
