import { useMutation } from '@tanstack/react-query'
import { sayOfImport, type ImportDetail, type ImportPatch } from '@/api'
import { sentenceOf } from '@/lib/failure'
import { toast } from '@/ui/Toast'
import { refetchImports } from './queries'

/** Say something of a file in place of what was found in it; it is then read anew. */
export function useSaying(found: ImportDetail) {
  return useMutation({
    mutationFn: (body: ImportPatch) => sayOfImport({ path: { import_id: found.id }, body }),
    onSettled: refetchImports,
    onError: error => toast({ text: sentenceOf(error) }),
  })
}
