import type { ProjectionRow } from '../../../contract/topics.ts'
import { formatDuration } from '../../parts/format.ts'

/** When a version will have caught up, in words. There is no estimate while its lag does not fall, or a range is stalled. */
export function timeLeft({ behind, left, state }: Pick<ProjectionRow, 'behind' | 'left' | 'state'>): string {
  if (behind === null) return 'unknown'
  if (behind === 0) return 'caught up'
  return left === null || state === 'stalled' ? 'no estimate' : formatDuration(left)
}
