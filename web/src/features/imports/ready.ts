import type { ImportRecord } from '@/api'

/**
 * Whose files may be saved together, in the order they came: theirs alone, and of those only what adds rows. What
 * changes a row, was refused or asks something is looked at first.
 */
export function readyFiles(newestFirst: readonly ImportRecord[], whose: string): ImportRecord[] {
  return newestFirst
    .filter(
      ({ state, preview, blocks, counts, uploaded_by }) =>
        uploaded_by === whose &&
        state === 'preview' &&
        preview !== null &&
        blocks.length === 0 &&
        counts.rejected === 0 &&
        counts.updated === 0 &&
        counts.created > 0,
    )
    .toReversed()
}
